/**
 * Interrupts injected into an allocator image before every instruction, those of handlers too, on
 * every heap that a few operations can make.
 */
@NullMarked
package io.defragsim.lab.injection;

import org.jspecify.annotations.NullMarked;
