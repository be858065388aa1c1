//! The macros that declare groups of hyperparameters and the choices that some of them offer.

/// Declares a group of hyperparameters.
///
/// ```
/// use simclr_tui::hparams;
/// use simclr_tui::hparam::{Group, Hparam, Value};
///
/// hparams! {
///     /// Gaussian blur
///     pub struct Blur {
///         /// Chance that a view is blurred.
///         p: f64 = 0.5 => Hparam::linear(0.0, 1.0, 0.05).paper("App. A");
///     }
/// }
///
/// fn main() {
///     let mut blur = Blur::default();
///     blur.set_at("p", &Value::Float(0.25)).unwrap();
///     assert!(blur.set_at("p", &Value::Float(2.0)).is_err());
///     assert_eq!(blur.fields()[0].path, "p");
/// }
/// ```
#[macro_export]
macro_rules! hparams {
    (
        $(#[doc = $title:literal])+
        pub struct $name:ident {
            $( $(#[doc = $help:literal])+ $field:ident : $ty:ty = $default:expr => $param:expr ; )*
        }
        $( groups { $( $sub:ident : $group:ty ),* $(,)? } )?
    ) => {
        $(#[doc = $title])+
        #[derive(Clone, Debug, PartialEq, serde::Serialize)]
        pub struct $name {
            $( $(#[doc = $help])+ pub $field: $ty, )*
            $($(
                #[doc = "A group of its own."]
                pub $sub: $group,
            )*)?
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $( $field: $default, )* $($( $sub: <$group>::default(), )*)? }
            }
        }

        #[allow(non_upper_case_globals)]
        const _: () = {
            use $crate::hparam::{Field, Group, HparamType, HparamSeed, Value, join};
            /// Apart, so that a hyperparameter may have any name without hiding a variable below.
            mod params {
                use super::*;
                $( pub static $field: $crate::hparam::Hparam = ($param).named(stringify!($field), concat!($($help),+)); )*
            }
            $( const _: () = assert!(
                params::$field.rule.kind() as u8 == <$ty as HparamType>::KIND as u8,
                concat!("the rule of ", stringify!($field), " is for values of another type"),
            ); )*
            const NAMES: &[&str] = &[$( stringify!($field), )* $($( stringify!($sub), )*)?];

            impl Group for $name {
                fn fields_at(&self, at: &str, out: &mut Vec<Field>) {
                    $( out.push(Field { path: join(at, stringify!($field)), param: &params::$field, value: self.$field.to_value(), group: self.title() }); )*
                    $($( self.$sub.fields_at(&join(at, stringify!($sub)), out); )*)?
                    let _ = (at, out);
                }

                fn get_at(&self, path: &str) -> Option<Value> {
                    let (head, rest) = path.split_once('.').unwrap_or((path, ""));
                    match (head, rest) {
                        $( (stringify!($field), "") => Some(self.$field.to_value()), )*
                        $($( (stringify!($sub), rest) if !rest.is_empty() => self.$sub.get_at(rest), )*)?
                        _ => None,
                    }
                }

                fn set_at(&mut self, path: &str, value: &Value) -> Result<(), String> {
                    let (head, rest) = path.split_once('.').unwrap_or((path, ""));
                    match (head, rest) {
                        $( (stringify!($field), "") => {
                            params::$field.check(value)?;
                            self.$field = <$ty as HparamType>::from_value(value)
                                .ok_or_else(|| format!("{path} does not take {value}"))?;
                            Ok(())
                        } )*
                        $($( (stringify!($sub), rest) if !rest.is_empty() => self.$sub.set_at(rest, value), )*)?
                        _ => Err(format!("there is no hyperparameter {path}")),
                    }
                }

                fn title(&self) -> &'static str {
                    const TITLE: &[&str] = &[$($title),+];
                    TITLE[0].trim_ascii()
                }
            }

            impl $name {
                /// What a file that says nothing means: the default, or what held before a hyperparameter existed.
                fn when_missing() -> Self {
                    let mut group = Self::default();
                    $( if let Some(absent) = params::$field.absent && let Some(value) = <$ty as HparamType>::from_value(&absent.into()) {
                        group.$field = value;
                    } )*
                    let _ = &mut group;
                    group
                }
            }

            struct Fields;
            impl<'de> serde::de::Visitor<'de> for Fields {
                type Value = $name;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str(concat!("the group ", stringify!($name)))
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                    use serde::de::Error;
                    let mut group = $name::when_missing();
                    let mut seen: Vec<&'static str> = Vec::new();
                    let mut once = |name: &'static str| {
                        if seen.contains(&name) { return Err(A::Error::duplicate_field(name)); }
                        seen.push(name);
                        Ok(())
                    };
                    while let Some($crate::hparam::Key(key)) = map.next_key()? {
                        let key = key.as_str();
                        $( if key == stringify!($field) || params::$field.was.contains(&key) {
                            once(stringify!($field))?;
                            group.$field = map.next_value_seed(HparamSeed::<$ty>::new(&params::$field))?;
                            continue;
                        } )*
                        $($( if key == stringify!($sub) {
                            once(stringify!($sub))?;
                            group.$sub = map.next_value()?;
                            continue;
                        } )*)?
                        return Err(A::Error::unknown_field(key, NAMES));
                    }
                    let _ = &mut once;
                    Ok(group)
                }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserializer.deserialize_struct(stringify!($name), NAMES, Fields)
                }
            }
        };
    };
}

/// Declares an enumeration that a hyperparameter chooses from; its names are those of files and screens.
///
/// ```
/// simclr_tui::choices! {
///     /// How the rate grows with the batch.
///     pub enum Scaling {
///         /// Not at all.
///         None = "none",
///         /// By the batch over 256.
///         Linear = "linear",
///     }
/// }
/// assert_eq!(Scaling::CHOICES[1].name, "linear");
/// ```
#[macro_export]
macro_rules! choices {
    (
        $(#[doc = $doc:literal])+
        pub enum $name:ident { $( $(#[doc = $help:literal])+ $variant:ident = $text:literal ),+ $(,)? }
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub enum $name { $( $(#[doc = $help])+ #[serde(rename = $text)] $variant ),+ }

        impl $name {
            /// Every choice with its name and help.
            pub const CHOICES: &'static [$crate::hparam::Choice] =
                &[$( $crate::hparam::Choice::new($text, concat!($($help),+)) ),+];

            /// The name in files and on screens.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => $text ),+ }
            }
        }

        impl $crate::hparam::HparamType for $name {
            const KIND: $crate::hparam::Kind = $crate::hparam::Kind::Text;
            fn to_value(&self) -> $crate::hparam::Value {
                $crate::hparam::Value::Text(std::borrow::Cow::Borrowed(self.name()))
            }
            fn from_value(value: &$crate::hparam::Value) -> Option<Self> {
                let $crate::hparam::Value::Text(text) = value else { return None };
                match text.as_ref() { $( $text => Some(Self::$variant), )+ _ => None }
            }
        }
    };
}
