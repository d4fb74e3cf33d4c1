/** What is shipped for Kubernetes, seen by Helm and by the schema of the Kubernetes API. */
@NullMarked
package dev.holdfast.kubernetes;

import org.jspecify.annotations.NullMarked;
