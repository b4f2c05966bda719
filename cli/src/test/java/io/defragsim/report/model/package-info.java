@NullMarked
package io.defragsim.report.model;

import org.jspecify.annotations.NullMarked;
