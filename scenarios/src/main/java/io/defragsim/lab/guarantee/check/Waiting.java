package io.defragsim.lab.guarantee.check;

import io.defragsim.lab.image.TimedCalls.Answer;

/**
 * What has come of a wait so far.
 *
 * @param granules of the request
 * @param calls other ones since the last step
 * @param cycles since the refusal
 */
record Waiting(int granules, long steps, int calls, long cycles) {
  Waiting called(Answer answer) {
    return new Waiting(granules, steps, calls + 1, cycles + answer.cycles());
  }

  Waiting stepped(Answer answer) {
    return new Waiting(granules, steps + 1, 0, cycles + answer.cycles());
  }
}
