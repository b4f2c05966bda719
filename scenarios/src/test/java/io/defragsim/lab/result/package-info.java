@NullMarked
package io.defragsim.lab.result;

import org.jspecify.annotations.NullMarked;
