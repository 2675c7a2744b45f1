//! The pictures of a reply: fetched when the user asks, or carried by the reply itself. Whichever way
//! one comes, it is checked before a window sees it: what it is, how many bytes, how many pixels.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt as _;
use imagesize::{Compression, ImageType};
use reqwest::header::CONTENT_TYPE;

use crate::error::IpcError;
use crate::public_web::{Proxies, Refusal, Visitor};
use crate::sentences;

#[cfg(test)]
mod tests;

/// Bytes of a picture, of a fetched one and of a carried one alike.
const IMAGE_BYTES: usize = 10 << 20;
/// Pixels of a fetched picture: drawn, each takes four bytes.
const PIXELS: usize = 50_000_000;
/// Pixels of a picture that the reply carries: it is drawn without being asked for.
const DATA_PIXELS: usize = 4_000_000;
/// Pixels of a side.
const SIDE: usize = 16_384;
/// Time that fetching may take.
const TIME: Duration = Duration::from_secs(30);
/// What the site is asked for.
const ACCEPT: &str = "image/avif,image/webp,image/png,image/jpeg,image/gif";

/// Why a picture is not shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The site was not visited, or did not give it.
    #[error(transparent)]
    Visit(#[from] Refusal),
    /// It took too long.
    #[error("the picture did not arrive in time")]
    Time,
    /// What came is no picture, or of a kind that is not shown.
    #[error("what came is no picture that is shown")]
    Kind,
    /// It has too many bytes.
    #[error("the picture has more than {IMAGE_BYTES} bytes")]
    Bytes,
    /// It has too many pixels.
    #[error("the picture is {0} × {1} pixels")]
    Pixels(usize, usize),
}

/// The picture at `address`, as it came: PNG, JPEG, GIF, WebP or AVIF.
///
/// A web address is visited without anything that tells who is asking; only call this when the user
/// asked for it. A `data:` address is read.
///
/// # Errors
/// A sentence for the user.
pub async fn load(address: &str) -> Result<Vec<u8>, IpcError> {
    let outcome = match address.split_once(':') {
        Some((scheme, data)) if scheme.eq_ignore_ascii_case("data") => carried(data),
        _ => fetched(&Visitor::new(Proxies::AsTheSystemSays), address).await,
    };
    outcome.map_err(|trouble| {
        log::info!("a picture is not shown: {trouble}");
        sentences::image(&trouble)
    })
}

/// Fetches the picture at `address`.
async fn fetched(visitor: &Visitor, address: &str) -> Result<Vec<u8>, Trouble> {
    tokio::time::timeout(TIME, async {
        let (_, answer) = visitor.get(address, ACCEPT).await?;
        if !may_be_picture(&answer) {
            return Err(Trouble::Kind);
        }
        let mut bytes = Vec::new();
        let mut body = answer.bytes_stream();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(Refusal::from)?;
            // What the answer's head says of its length is not asked.
            if bytes.len() + chunk.len() > IMAGE_BYTES {
                return Err(Trouble::Bytes);
            }
            bytes.extend_from_slice(&chunk);
        }
        check(&bytes, PIXELS)?;
        Ok(bytes)
    })
    .await
    .unwrap_or(Err(Trouble::Time))
}

/// Reads the picture in `data`, what follows the scheme of a `data:` address (RFC 2397).
fn carried(data: &str) -> Result<Vec<u8>, Trouble> {
    let (kind, data) = data.split_once(',').ok_or(Trouble::Kind)?;
    let is_base64 = kind
        .rsplit_once(';')
        .is_some_and(|(_, encoding)| encoding.eq_ignore_ascii_case("base64"));
    if !is_base64 {
        return Err(Trouble::Kind);
    }
    if data.len() / 4 * 3 > IMAGE_BYTES {
        return Err(Trouble::Bytes);
    }
    let bytes = STANDARD.decode(data).map_err(|_| Trouble::Kind)?;
    check(&bytes, DATA_PIXELS)?;
    Ok(bytes)
}

/// Whether the answer says it is a picture, or does not know.
fn may_be_picture(answer: &reqwest::Response) -> bool {
    let Some(kind) = answer.headers().get(CONTENT_TYPE) else {
        return true;
    };
    let kind = kind
        .to_str()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim_end();
    kind == "application/octet-stream" || (kind.starts_with("image/") && kind != "image/svg+xml")
}

/// What the first bytes say it is, and its size: whatever the site called it. SVG is none of these, for
/// it is a document.
fn check(bytes: &[u8], pixels: usize) -> Result<(), Trouble> {
    let kind = imagesize::image_type(bytes).map_err(|_| Trouble::Kind)?;
    if !matches!(
        kind,
        ImageType::Png
            | ImageType::Jpeg
            | ImageType::Gif
            | ImageType::Webp
            | ImageType::Heif(Compression::Av1)
    ) {
        return Err(Trouble::Kind);
    }
    let size = imagesize::blob_size(bytes).map_err(|_| Trouble::Kind)?;
    if size.width == 0 || size.height == 0 {
        return Err(Trouble::Kind);
    }
    if size.width > SIDE || size.height > SIDE || size.width * size.height > pixels {
        return Err(Trouble::Pixels(size.width, size.height));
    }
    Ok(())
}
