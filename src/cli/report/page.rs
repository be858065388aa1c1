//! A page of headings, texts, tables and pictures: as one HTML file, or as Markdown with its pictures in files beside it.

use crate::cli::format::markdown;
use crate::cli::table::Table;
use crate::export::csv::paragraph;
use crate::export::svg::escaped;
use crate::text::shown;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The kinds of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Html,
    Markdown,
}

impl Form {
    /// By the ending of a file's name.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_ascii_lowercase();
        match ending.to_str()? {
            "html" | "htm" => Some(Self::Html),
            "md" | "markdown" => Some(Self::Markdown),
            _ => None,
        }
    }
}

/// What a page holds, in order.
pub struct Page {
    title: String,
    blocks: Vec<Block>,
}

enum Block {
    Heading(String),
    Text(String),
    Table(Table),
    /// As SVG.
    Picture(String),
    Code(String),
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;color:#24272e;background:#fff;max-width:1000px;margin:2rem auto;padding:0 1rem}\
    table{border-collapse:collapse;margin:1rem 0;font-size:14px}th,td{text-align:left;padding:.25rem .75rem;border-bottom:1px solid #e1e3e8;\
    vertical-align:top}.n{text-align:right;font-variant-numeric:tabular-nums}svg{max-width:100%;height:auto;display:block;margin:1rem 0}\
    pre{background:#f4f5f7;padding:.75rem;overflow-x:auto}";

impl Page {
    pub fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            blocks: Vec::new(),
        }
    }

    pub fn heading(&mut self, text: &str) {
        self.blocks.push(Block::Heading(text.to_owned()));
    }

    pub fn text(&mut self, text: &str) {
        self.blocks.push(Block::Text(text.to_owned()));
    }

    pub fn table(&mut self, table: Table) {
        self.blocks.push(Block::Table(table));
    }

    pub fn picture(&mut self, svg: String) {
        self.blocks.push(Block::Picture(svg));
    }

    pub fn code(&mut self, text: &str) {
        self.blocks.push(Block::Code(text.to_owned()));
    }

    /// The files that the page takes when it is at `path`, the page itself last. Markdown has pictures in files of their
    /// own: most that show it drop those that stand in it.
    pub fn files(&self, path: &Path, form: Form) -> Vec<(PathBuf, String)> {
        match form {
            Form::Html => vec![(path.to_owned(), self.html())],
            Form::Markdown => {
                let mut files = Vec::new();
                let page = self.markdown(path, &mut files);
                files.push((path.to_owned(), page));
                files
            }
        }
    }

    fn html(&self) -> String {
        let title = escaped(&self.title);
        let mut out = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head>\n\
             <body>\n<h1>{title}</h1>\n"
        );
        for block in &self.blocks {
            out.push_str(&match block {
                Block::Heading(text) => format!("<h2>{}</h2>\n", escaped(text)),
                Block::Text(text) => format!("<p>{}</p>\n", escaped(text)),
                Block::Table(table) => table.as_html(),
                Block::Picture(svg) => svg.trim().to_owned() + "\n",
                Block::Code(text) => format!("<pre>{}</pre>\n", escaped(text)),
            });
        }
        out + "</body>\n</html>\n"
    }

    fn markdown(&self, path: &Path, pictures: &mut Vec<(PathBuf, String)>) -> String {
        let mut out = format!("# {}\n", markdown(&self.title));
        for block in &self.blocks {
            out.push('\n');
            out.push_str(&match block {
                Block::Heading(text) => format!("## {}\n", markdown(text)),
                Block::Text(text) => format!("{}\n", paragraph(&shown(text))),
                Block::Table(table) => table.as_markdown(),
                Block::Picture(svg) => {
                    let mut name = path.file_stem().unwrap_or_default().to_owned();
                    name.push(format!("-{}.svg", pictures.len() + 1));
                    let link = address(&name);
                    pictures.push((path.with_file_name(name), svg.clone()));
                    format!("![chart]({link})\n")
                }
                // Indented, so that no sign in it ends it.
                Block::Code(text) => format!("    {}\n", shown(text)),
            });
        }
        out
    }
}

/// The name of a file beside the page as a link has it.
fn address(name: &OsStr) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let bytes = name.as_encoded_bytes().iter();
    bytes
        .map(|byte| match byte {
            byte if plain(*byte) => char::from(*byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::says::Says;

    fn page() -> Page {
        let mut page = Page::new("a < b");
        page.heading("one & two");
        page.text("a | b");
        let mut table = Table::default().text("x").number("n");
        table.row(vec!["y".into(), "1".into()]);
        page.table(table);
        page.picture("<svg>\n\n<rect/></svg>\n".to_owned());
        page.code("simclr-tui sweep 'a b'");
        page
    }

    #[test]
    fn html_is_whole_and_names_no_other_file() {
        let [(_, text)] = &page().files(Path::new("a.html"), Form::Html)[..] else {
            panic!("one file");
        };
        text.begins("<!doctype html>");
        text.ends("</html>\n");
        text.says("<h1>a &lt; b</h1>");
        text.says("<h2>one &amp; two</h2>");
        text.says("<td class=\"n\">1</td>");
        text.says("<rect/>");
        for link in ["src=", "href=", "@import", "url("] {
            assert!(!text.contains(link), "{link}");
        }
    }

    #[test]
    fn markdown_has_its_pictures_beside_it() {
        let files = page().files(Path::new("to/a b.md"), Form::Markdown);
        let (path, svg) = &files[0];
        assert_eq!(path, Path::new("to/a b-1.svg"));
        assert_eq!(svg, "<svg>\n\n<rect/></svg>\n");
        let (path, text) = &files[1];
        assert_eq!((path.as_path(), files.len()), (Path::new("to/a b.md"), 2));
        text.begins("# a \\< b\n\n## one & two\n\na \\| b\n\n| x | n |\n");
        text.says("\n![chart](a%20b-1.svg)\n");
        text.ends("\n    simclr-tui sweep 'a b'\n");
    }

    #[test]
    fn endings_say_the_form() {
        assert_eq!(Form::of(Path::new("a.HTML")), Some(Form::Html));
        assert_eq!(Form::of(Path::new("a.b.md")), Some(Form::Markdown));
        assert_eq!(Form::of(Path::new("a.pdf")), None);
    }
}
