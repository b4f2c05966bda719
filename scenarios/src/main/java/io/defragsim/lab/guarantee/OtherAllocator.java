package io.defragsim.lab.guarantee;

import java.util.ArrayList;
import java.util.List;

/**
 * What a published theorem says of an allocator that never moves a block: how much memory it needs
 * to be as sure, with the same granules, and with the same headers where nothing else is said.
 *
 * @param name by which people know it
 * @param bytes with which it is sure; of {@link Claim#NOT_WITH_LESS} those without which it is not
 * @param author who proved it, in a few words
 * @param source the same with where it stands
 */
public record OtherAllocator(String name, Claim claim, long bytes, String author, String source) {

  /** What a theorem says. */
  public enum Claim {
    /** It serves every program in so much. */
    SURE_WITH,
    /** In less there is a program that it does not serve. */
    NOT_WITH_LESS
  }

  /** TLSF looks in the class above: classes are finer than this part of a block's size. */
  private static final int CLASSES_OF_TLSF = 32;

  /** Bytes of a block's header in o1heap, and of its smallest block. */
  private static final int HEADER_OF_HALF_FIT = 16;

  private static final int LEAST_OF_HALF_FIT = 32;

  private static final String COUNT_BOUND = "count bound: n - 1 blocks leave n holes at most";

  /** All that is known, for a contract. */
  static List<OtherAllocator> all(ProgramContract program, Sizing sizing) {
    ProgramContract contract = program.withOldAndNew();
    long any = countBound(contract, sizing, 1);
    return List.of(
        new OtherAllocator(
            "any that does not move",
            Claim.NOT_WITH_LESS,
            robson(program, sizing),
            "Robson 1974",
            "Robson, J. ACM 18 (1971) 416-423 and 21 (1974) 491-499"),
        new OtherAllocator(
            "first fit",
            Claim.SURE_WITH,
            Math.min(any, firstFit(contract, sizing)),
            "Robson 1977",
            "Robson, Computer J. 20 (1977) 242-244; TAOCP 1, 2.5 exercise 43"),
        new OtherAllocator("best fit", Claim.SURE_WITH, any, "count of holes", COUNT_BOUND),
        new OtherAllocator(
            "TLSF, classes of 1/32",
            Claim.SURE_WITH,
            countBound(contract, sizing, CLASSES_OF_TLSF),
            "count of holes",
            COUNT_BOUND + ", of the classes of ECRTS 2004"),
        new OtherAllocator(
            "buddy",
            Claim.SURE_WITH,
            buddy(contract, sizing),
            "Lloyd and Loui 1985",
            "Lloyd and Loui, Acta Informatica 22 (1985); TAOCP 1, 2.5 exercise 41"),
        new OtherAllocator(
            "half fit, header 16",
            Claim.SURE_WITH,
            halfFit(contract),
            "README of o1heap",
            "the README of o1heap, with its headers of 16 bytes, after Herter"));
  }

  /**
   * Any allocator that joins free neighbours and serves whenever a hole fits: so many blocks leave
   * so many holes.
   *
   * @param classes of a size: a hole fits a request that is rounded up by this part of it; 1: no
   *     hole is overlooked
   */
  private static long countBound(ProgramContract contract, Sizing sizing, int classes) {
    Occupancy occupancy = new Occupancy(sizing, contract.smallest(), contract.largest());
    int most = sizing.granules(contract.largest());
    long granules = contract.blocks() == 1 ? rounded(most, classes) : 0;
    for (int request = sizing.granules(contract.smallest());
        request <= most && contract.blocks() > 1;
        request++) {
      long others = contract.alive() - sizing.fewestBytes(request, contract.smallest());
      if (others < 0) {
        break;
      }
      long holes = Math.min(contract.blocks() - 1, others / contract.smallest()) + 1;
      granules =
          Math.max(
              granules,
              occupancy.most(others, contract.blocks() - 1)
                  + holes * (rounded(request, classes) - 1)
                  + 1);
    }
    return granules * sizing.granule();
  }

  private static long rounded(int granules, int classes) {
    return classes == 1 ? granules : granules + ceiling(granules, classes);
  }

  private static long firstFit(ProgramContract contract, Sizing sizing) {
    long most =
        new Occupancy(sizing, contract.smallest(), contract.largest())
            .most(contract.alive(), contract.blocks());
    double harmonic = 0;
    for (int i = 1; i <= sizing.granules(contract.largest()); i++) {
      harmonic += 1.0 / i;
    }
    return (long) Math.floor(sizing.granule() * harmonic * most / StrictMath.log(2));
  }

  /**
   * The least memory in which some allocator that does not move serves every program of blocks of u
   * to ρ granules, powers of two, with M at most in all: M (1 + ½ log2 (ρ / u)) - ρ + u. The best
   * of all u and ρ that the contract allows.
   */
  private static long robson(ProgramContract contract, Sizing sizing) {
    // Whatever it is, it has to hold all that is alive.
    long best =
        sizing.granule()
            * new Occupancy(sizing, contract.smallest(), contract.largest())
                .most(contract.alive(), contract.blocks());
    int largest = sizing.granules(contract.largest());
    long least = powerOfTwo(sizing.granules(contract.smallest()));
    for (long u = least; u <= largest; u *= 2) {
      for (long rho = u; rho <= largest; rho *= 2) {
        best = Math.max(best, robson(contract, sizing, u, rho));
      }
    }
    return best;
  }

  private static long robson(ProgramContract contract, Sizing sizing, long u, long rho) {
    // Bytes of payload for a granule: blocks of rho need the most, or blocks of u where no request
    // may
    // be smaller.
    int smallest = contract.smallest();
    long most =
        Math.min(
            contract.blocks() * u,
            Math.min(
                contract.alive() * rho / sizing.fewestBytes((int) rho, smallest),
                contract.alive() * u / sizing.fewestBytes((int) u, smallest)));
    most -= most % rho;
    if (most < rho) {
      return 0;
    }
    long doubled = 2 * most + most * log2(rho / u) - 2 * rho + 2 * u;
    return doubled * sizing.granule() / 2;
  }

  private static long buddy(ProgramContract contract, Sizing sizing) {
    Powers powers = Powers.of(contract, sizing.header(), sizing.granule());
    return powers.bytes() * (1 + log2(powers.largest() / powers.smallest()));
  }

  private static long halfFit(ProgramContract contract) {
    Powers powers = Powers.of(contract, HEADER_OF_HALF_FIT, LEAST_OF_HALF_FIT);
    return 2 * powers.bytes() * (1 + log2(powers.largest() / powers.smallest()));
  }

  /**
   * What the blocks of a contract take at most, each rounded up to a power of two.
   *
   * @param bytes at most; of all blocks, headers included
   * @param smallest of the powers
   * @param largest of the powers
   */
  private record Powers(long bytes, long smallest, long largest) {

    /** A power of two, and the fewest bytes of payload in a block that takes it. */
    private record Power(long size, long payload) {}

    static Powers of(ProgramContract contract, int header, int least) {
      List<Power> powers = new ArrayList<>();
      long payload = contract.smallest();
      while (payload <= contract.largest()) {
        long size = Math.max(least, powerOfTwo(payload + header));
        powers.add(new Power(size, payload));
        payload = size - header + 1;
      }
      return new Powers(
          most(powers, contract.alive(), contract.blocks()),
          powers.get(0).size(),
          powers.get(powers.size() - 1).size());
    }

    /**
     * The most that x blocks of each power take, with L bytes in at most n blocks, where x may be a
     * fraction: the best is blocks of one power, or of two with both promises used up.
     */
    private static long most(List<Power> powers, long bytes, long blocks) {
      long best = 0;
      for (int i = 0; i < powers.size(); i++) {
        Power larger = powers.get(i);
        best =
            Math.max(
                best, Math.min(larger.size() * blocks, larger.size() * bytes / larger.payload()));
        for (Power smaller : powers.subList(0, i)) {
          long apart = larger.payload() - smaller.payload();
          long large = bytes - blocks * smaller.payload();
          long small = blocks * larger.payload() - bytes;
          if (large >= 0 && small >= 0) {
            best = Math.max(best, (larger.size() * large + smaller.size() * small) / apart);
          }
        }
      }
      return best;
    }
  }

  private static long powerOfTwo(long atLeast) {
    return atLeast <= 1 ? 1 : Long.highestOneBit(atLeast - 1) << 1;
  }

  private static int log2(long powerOfTwo) {
    return Long.numberOfTrailingZeros(powerOfTwo);
  }

  private static long ceiling(long a, long b) {
    return (a + b - 1) / b;
  }
}
