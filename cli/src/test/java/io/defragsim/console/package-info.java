@NullMarked
package io.defragsim.console;

import org.jspecify.annotations.NullMarked;
