@NullMarked
package io.defragsim.lab;

import org.jspecify.annotations.NullMarked;
