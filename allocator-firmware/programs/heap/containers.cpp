/*
 * What containers of the C++ library ask for: a map's nodes, long strings, and vectors that double.
 *
 * SPDX-License-Identifier: MIT
 */
#include <map>
#include <memory>
#include <string>
#include <vector>

extern "C" {
#include "system.h"
}

namespace {

const char *const words[] = {"valve", "pump",  "temperature sensor, north", "valve",  "relay", "pump",
                             "valve", "motor", "temperature sensor, south", "relay",  "fan",   "temperature sensor, north",
                             "fan",   "valve", "a name of more than fifteen", "pump", "relay", "door"};

/* How often each word occurs. */
std::map<std::string, unsigned> count() {
  std::map<std::string, unsigned> counts;
  for (const char *word : words) {
    counts[word]++;
  }
  return counts;
}

std::string joined(const std::vector<std::string> &parts) {
  std::string all;
  for (const std::string &part : parts) {
    if (!all.empty()) {
      all += ", ";
    }
    all += part;
  }
  return all;
}

} // namespace

int main() {
  std::map<std::string, unsigned> counts = count();
  std::vector<std::string> often;
  for (const auto &[word, times] : counts) {
    if (times > 1) {
      often.push_back(word);
    }
  }
  counts.erase("valve");
  std::unique_ptr<unsigned[]> squares(new unsigned[20]);
  unsigned sum = 0;
  for (unsigned i = 0; i < 20; i++) {
    squares[i] = i * i;
    sum += squares[i];
  }
  system_print((joined(often) + "\n").c_str());
  system_print_number(static_cast<std::uint32_t>(counts.size() + sum));
  system_print("\n");
  return 0;
}
