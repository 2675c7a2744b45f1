//! A picture of a page with 256 colours at most: a third of its size, and hardly another picture.

use std::collections::HashMap;
use std::io::Cursor;

type Colour = [u8; 3];

/// The commonest colours are kept whatever they are: areas are of them, however pale their tint.
const AREAS: usize = 64;

/// Rewrites a PNG. What is not in its palette, the edges of letters, takes the nearest colour.
pub(crate) fn shrink(picture: &[u8]) -> Vec<u8> {
    let mut reader = png::Decoder::new(Cursor::new(picture)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    let step = frame.color_type.samples();
    let pixels: Vec<Colour> = pixels[..frame.buffer_size()]
        .chunks_exact(step)
        .map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect();

    let palette = palette(&pixels);
    let mut places = HashMap::new();
    let indices: Vec<u8> = pixels
        .iter()
        .map(|pixel| {
            *places
                .entry(*pixel)
                .or_insert_with(|| nearest(&palette, *pixel))
        })
        .collect();

    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, frame.width, frame.height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.concat());
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&indices).unwrap();
    writer.finish().unwrap();
    out
}

/// The commonest colours; after the first of them none that is close to a commoner one. How close, is what
/// makes them few enough.
fn palette(pixels: &[Colour]) -> Vec<Colour> {
    let mut counts: HashMap<Colour, usize> = HashMap::new();
    for pixel in pixels {
        *counts.entry(*pixel).or_default() += 1;
    }
    let mut colours: Vec<Colour> = counts.keys().copied().collect();
    colours.sort_by_key(|colour| (std::cmp::Reverse(counts[colour]), *colour));
    let mut apart = 0;
    loop {
        let (areas, edges) = colours.split_at(AREAS.min(colours.len()));
        let mut kept = areas.to_vec();
        for colour in edges {
            if kept.len() > 256 {
                break;
            }
            if kept.iter().all(|other| distance(*other, *colour) >= apart) {
                kept.push(*colour);
            }
        }
        if kept.len() <= 256 {
            return kept;
        }
        apart += 16;
    }
}

fn nearest(palette: &[Colour], colour: Colour) -> u8 {
    let nearest = palette
        .iter()
        .enumerate()
        .min_by_key(|(_, other)| distance(**other, colour));
    nearest.map_or(0, |(index, _)| index as u8)
}

/// The square of how far apart two colours are.
fn distance(one: Colour, other: Colour) -> u32 {
    one.iter()
        .zip(other)
        .map(|(one, other)| u32::from(one.abs_diff(other)).pow(2))
        .sum()
}
