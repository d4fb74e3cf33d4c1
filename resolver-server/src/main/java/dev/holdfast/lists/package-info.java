/**
 * Local policy as operators write it: records, hosts files, lists of names, RPZ; read and watched.
 */
@NullMarked
package dev.holdfast.lists;

import org.jspecify.annotations.NullMarked;
