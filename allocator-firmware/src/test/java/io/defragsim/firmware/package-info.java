/** Tests of the firmware: the images as committed, the library on this computer, its example. */
package io.defragsim.firmware;
