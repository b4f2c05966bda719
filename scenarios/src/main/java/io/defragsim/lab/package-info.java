/**
 * The lab: runs a scenario on an allocator image, keeps the shadow heap that checks every answer,
 * and measures. What comes out is in {@link io.defragsim.lab.result}.
 */
@NullMarked
package io.defragsim.lab;

import org.jspecify.annotations.NullMarked;
