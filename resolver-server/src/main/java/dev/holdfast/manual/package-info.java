/** Manual pages and shell completion, made from the commands and the configuration file. */
@NullMarked
package dev.holdfast.manual;

import org.jspecify.annotations.NullMarked;
