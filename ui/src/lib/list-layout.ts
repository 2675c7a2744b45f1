// Where the rows and headings of a list are that is too long to be laid out whole.

/** Heights in pixels. */
export interface Sizes {
  row: number;
  heading: number;
}

/** A section of the list, in pixels from the list's top and in rows from its first. */
export interface PlacedSection {
  top: number;
  height: number;
  first: number;
  end: number;
}

/** Every row is as high as another, and so is every heading. */
export class ListLayout {
  readonly sections: PlacedSection[] = [];
  readonly sizes: Sizes;
  /** Of the whole list. */
  readonly height: number;
  /** How many rows there are. */
  readonly count: number;

  /** `counts` says how many rows every section has. */
  constructor(counts: number[], sizes: Sizes) {
    this.sizes = sizes;
    let top = 0;
    let first = 0;
    for (const count of counts) {
      const height = sizes.heading + count * sizes.row;
      this.sections.push({ top, height, first, end: first + count });
      top += height;
      first += count;
    }
    this.height = top;
    this.count = first;
  }

  /** Where a row begins. */
  rowTop(index: number): number {
    const section = this.#sectionOf(index);
    return section ? section.top + this.sizes.heading + (index - section.first) * this.sizes.row : 0;
  }

  /** The rows that are in view between two places, and `more` of them on both sides. */
  rows(top: number, bottom: number, more: number): { first: number; end: number } {
    const first = Math.max(0, this.#rowAt(top) - more);
    const end = Math.min(this.count, this.#rowAt(bottom) + 1 + more);
    return { first: Math.min(first, end), end };
  }

  /** How far to scroll so that a row is in view, under the heading that stays at the top. */
  reveal(index: number, view: { top: number; height: number }): number {
    const top = this.rowTop(index);
    const { row, heading } = this.sizes;
    if (top - heading < view.top) return Math.max(0, top - heading);
    if (top + row > view.top + view.height) return top + row - view.height;
    return view.top;
  }

  /** The first row that ends below a place. */
  #rowAt(place: number): number {
    const section = this.sections.find((one) => place < one.top + one.height) ?? this.sections.at(-1);
    if (!section) return 0;
    const within = Math.floor((place - section.top - this.sizes.heading) / this.sizes.row);
    return Math.min(Math.max(section.first, section.first + within), Math.max(section.first, section.end - 1));
  }

  #sectionOf(index: number): PlacedSection | undefined {
    let low = 0;
    let high = this.sections.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (index < this.sections[middle]!.end) high = middle;
      else low = middle + 1;
    }
    return this.sections[low];
  }
}
