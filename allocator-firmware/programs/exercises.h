/*
 * What a controller does all day, as programs of any length.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef EXERCISES_H
#define EXERCISES_H

/*
 * Does all exercises so many times, prints a CRC over their results, and whether each was right.
 * Returns the program's exit code: 0 if all were.
 */
int exercises(int iterations);

#endif
