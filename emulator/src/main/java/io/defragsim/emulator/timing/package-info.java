/** What instructions cost in cycles. */
@NullMarked
package io.defragsim.emulator.timing;

import org.jspecify.annotations.NullMarked;
