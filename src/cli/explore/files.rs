//! The files that `explore` writes, by the ending of their names.

use crate::cli::output::{Screen, written};
use crate::cli::{CliError, Result};
use crate::engine::data::Images;
use crate::engine::eval::knn::Embeddings;
use crate::export::map::{self, About, projector};
use crate::runs::map::Map;
use image::{ImageError, ImageFormat};
use std::io::Cursor;
use std::path::Path;

/// What is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Html,
    Png,
    Svg,
    Csv,
    /// The files of TensorBoard's projector.
    Projector,
}

impl Format {
    pub fn of(path: &Path) -> Result<Self> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("html") => Ok(Self::Html),
            Some("png") => Ok(Self::Png),
            Some("svg") => Ok(Self::Svg),
            Some("csv") => Ok(Self::Csv),
            Some("pbtxt") if path.ends_with(projector::CONFIG) => Ok(Self::Projector),
            Some("pbtxt") => Err(CliError::Input(format!(
                "{}: TensorBoard looks for {} alone",
                path.display(),
                projector::CONFIG
            ))),
            _ => Err(CliError::Input(format!(
                "{}: the name has to end with .html, .png, .svg, .csv or {}",
                path.display(),
                projector::CONFIG
            ))),
        }
    }
}

/// What files are made of: `h` has the representation of each point.
pub struct Drawn<'a> {
    pub map: &'a Map,
    pub h: &'a dyn Fn() -> Embeddings,
    pub images: &'a dyn Images,
    pub about: &'a About,
}

/// Writes a map; `out` says so, where there is one.
pub fn write(
    (path, format): (&Path, Format),
    of: &Drawn,
    mut out: Option<&mut Screen>,
) -> Result<()> {
    let most = projector::MOST;
    if format == Format::Projector && of.map.points.len() > most {
        return Err(CliError::Input(format!(
            "TensorBoard's projector takes pictures of {most} images at most; lower --limit"
        )));
    }
    let files = files((path, format), of);
    let files = files.map_err(|e| CliError::Failed(format!("the map can't be drawn: {e}")))?;
    for (name, file) in files {
        let path = path.with_file_name(name);
        match &mut out {
            Some(out) => out.save(&path, &file)?,
            None => written(&path, &file)?,
        }
    }
    Ok(())
}

type Files = Vec<(std::ffi::OsString, Vec<u8>)>;

fn files((path, format): (&Path, Format), of: &Drawn) -> std::result::Result<Files, ImageError> {
    let one = match format {
        Format::Html => map::html(of.map, of.images, of.about)?.into_bytes(),
        Format::Svg => map::svg(of.map, of.about).into_bytes(),
        Format::Csv => map::csv(of.map).into_bytes(),
        Format::Png => {
            let mut png = Cursor::new(Vec::new());
            map::picture(of.map, of.images).write_to(&mut png, ImageFormat::Png)?;
            png.into_inner()
        }
        Format::Projector => {
            let files = projector::files(of.map, &(of.h)(), of.images)?;
            return Ok(files
                .into_iter()
                .map(|(name, file)| (name.into(), file))
                .collect());
        }
    };
    let name = path.file_name().unwrap_or_default().to_owned();
    Ok(vec![(name, one)])
}
