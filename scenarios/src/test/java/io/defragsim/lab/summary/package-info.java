@NullMarked
package io.defragsim.lab.summary;

import org.jspecify.annotations.NullMarked;
