//! How the targets cut a stream into chunks.

/// The stream at once, byte by byte, and in chunks whose lengths the stream itself decides, so
/// that a seed is a stream that a person can read and the fuzzer still moves the cuts.
pub(crate) fn of(stream: &[u8]) -> [Vec<&[u8]>; 3] {
    // FNV-1a, then a linear congruence.
    let mut state = stream.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut chunks = Vec::new();
    let mut rest = stream;
    while !rest.is_empty() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        // Empty chunks too.
        let length = usize::try_from(state >> 33).unwrap_or_default() % 24;
        let (chunk, more) = rest.split_at(length.min(rest.len()));
        chunks.push(chunk);
        rest = more;
    }
    [vec![stream], stream.chunks(1).collect(), chunks]
}
