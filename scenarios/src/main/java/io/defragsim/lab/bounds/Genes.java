package io.defragsim.lab.bounds;

import io.defragsim.workload.SplitMix64;
import java.util.List;

/** Draws genes and changes them; pools are told by their size in bytes. */
final class Genes {
  private static final int LONGEST_SEQUENCE = 40;

  private final SplitMix64 random;

  Genes(SplitMix64 random) {
    this.random = random;
  }

  /** Changes a sequence; gives the first place that is not as before. */
  int mutate(List<Gene> genes, int pool) {
    int at = random.nextInt(genes.size());
    int how = random.nextInt(10);
    if (how < 4 && genes.size() < LONGEST_SEQUENCE) {
      at = random.nextInt(genes.size() + 1);
      genes.add(at, gene(pool));
    } else if (how < 6 && genes.size() > 1) {
      genes.remove(at);
    } else if (how < 7) {
      int other = random.nextInt(genes.size());
      Gene gene = genes.get(at);
      genes.set(at, genes.get(other));
      genes.set(other, gene);
      at = Math.min(at, other);
    } else if (how < 9) {
      genes.set(at, nudged(genes.get(at)));
    } else {
      genes.set(at, gene(pool));
    }
    return at;
  }

  private Gene nudged(Gene gene) {
    int by = random.nextInt(-12, 13);
    if (gene instanceof Gene.Alloc alloc) {
      return new Gene.Alloc(Math.max(1, alloc.bytes() + by));
    } else if (gene instanceof Gene.AllocPinned pinned) {
      return new Gene.AllocPinned(Math.max(1, pinned.bytes() + by));
    } else if (gene instanceof Gene.Resize resize) {
      return random.nextBoolean()
          ? new Gene.Resize(resize.pick(), Math.max(1, resize.bytes() + by))
          : new Gene.Resize(resize.pick() + by, resize.bytes());
    } else if (gene instanceof Gene.Free free) {
      return new Gene.Free(free.pick() + by);
    } else if (gene instanceof Gene.Lock lock) {
      return new Gene.Lock(lock.pick() + by);
    } else if (gene instanceof Gene.Unlock unlock) {
      return new Gene.Unlock(unlock.pick() + by);
    } else if (gene instanceof Gene.Wait wait) {
      return random.nextBoolean()
          ? new Gene.Wait(Math.max(1, wait.bytes() + 4 * by), wait.steps())
          : new Gene.Wait(wait.bytes(), Math.max(0, wait.steps() + by / 4));
    } else if (gene instanceof Gene.Comb comb) {
      return random.nextBoolean()
          ? new Gene.Comb(comb.pairs(), Math.max(1, comb.hole() + by), comb.between())
          : new Gene.Comb(Math.max(1, comb.pairs() + by / 3), comb.hole(), comb.between());
    }
    return gene;
  }

  /** A random one. */
  Gene gene(int pool) {
    int kindOfGene = random.nextInt(19);
    int pick = random.nextInt(1000);
    if (kindOfGene < 5) {
      return new Gene.Alloc(size(pool));
    } else if (kindOfGene < 9) {
      return new Gene.Free(pick);
    } else if (kindOfGene < 11) {
      return new Gene.Lock(pick);
    } else if (kindOfGene < 12) {
      return new Gene.Unlock(pick);
    } else if (kindOfGene < 14) {
      return new Gene.Step();
    } else if (kindOfGene < 16) {
      int bytes = random.nextInt(pool / 16, pool);
      return new Gene.Wait(bytes, random.nextInt(1, 6));
    } else if (kindOfGene < 17) {
      return random.nextBoolean()
          ? new Gene.AllocPinned(size(pool))
          : new Gene.Resize(pick, size(pool / 4));
    }
    return new Gene.Comb(random.nextInt(1, 12), size(pool / 8), size(100));
  }

  /** Mostly small sizes, some of any magnitude up to half of the pool. */
  int size(int pool) {
    int largest = Math.max(2, pool / 2);
    int magnitude = random.nextInt(2, 33 - Integer.numberOfLeadingZeros(largest));
    return Math.min(largest, random.nextInt(1, 1 << magnitude));
  }
}
