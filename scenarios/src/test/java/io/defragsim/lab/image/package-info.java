@NullMarked
package io.defragsim.lab.image;

import org.jspecify.annotations.NullMarked;
