package io.defragsim.report;

/**
 * An image that was to run with all others, and cannot run the scenario.
 *
 * @param why for people
 */
public record LeftOut(String scenario, String image, String why) {}
