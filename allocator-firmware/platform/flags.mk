# How images and programs for the Cortex-M0 are compiled and linked. Part of what they are built from, as their sources are:
# an ELF has the checksum of this file, too.

CPU = -mcpu=cortex-m0 -mthumb
STD = -std=c11
FREE = -ffreestanding -fno-jump-tables -fno-tree-loop-distribute-patterns
REPRO = -ffile-prefix-map="$(CURDIR)"=. -g0
WARN = -Wall -Wextra -Werror -Wconversion
ARM_BASE = $(CPU) $(STD) $(FREE) $(REPRO) $(WARN)
ARM_FLAGS = $(ARM_BASE) -O2
LINK = $(CPU) -nostartfiles -Wl,--build-id=none -Wl,--no-warn-rwx-segments -Wl,-z,max-page-size=4 -Wl,-S \
  -T platform/image.ld -Wl,--defsym=flash_base=0x08000000
SRAM20 = -Wl,--defsym=sram_base=0x20000000
SRAM10 = -Wl,--defsym=sram_base=0x10000000

# A program with newlib. -n: no headers of the file in a segment.
LINK_PROGRAM = $(CPU) -Wl,--build-id=none -Wl,--no-warn-rwx-segments -Wl,-n -Wl,-S \
  -T programs/program.ld --specs=nano.specs --specs=rdimon.specs

# What the library is compiled with in each image, for its code and for `make sizes` alike.
defrag_FLAGS = -O2
defrag-sliding_FLAGS = -O2 -DDEFRAG_PASSES=0
defrag-small_FLAGS = -O2 -DDEFRAG_SMALL=1
defrag-os_FLAGS = -Os -fno-if-conversion -fno-ipa-sra -fno-code-hoisting $(CORE)

# The core alone: to make a pool, allocate, free, lock and step.
CORE = -DDEFRAG_PINNED=0 -DDEFRAG_RESIZE=0 -DDEFRAG_WATERMARK=0 -DDEFRAG_DIAGNOSTICS=0

# What a test image has besides.
cortex-m4_FLAGS = -O2 -mcpu=cortex-m4
slower-free_FLAGS = -O2 -Iinclude
