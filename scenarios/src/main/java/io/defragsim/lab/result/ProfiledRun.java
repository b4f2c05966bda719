package io.defragsim.lab.result;

import io.defragsim.emulator.exec.Profile;

/**
 * One execution of a scenario and where its cycles went, function by function.
 *
 * @param result that of a strict run
 * @param profile its cycles are those of the result
 */
public record ProfiledRun(RunResult result, Profile profile) {}
