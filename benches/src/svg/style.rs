//! The colours and fonts. The colours of the series are those of Okabe and Ito, which readers with
//! any kind of colour vision can tell apart; in the dark they are lighter. The ground is drawn too, so
//! that a page whose own theme differs from the reader's preference does not matter.

use crate::subject::Subject;

/// A colour that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// The measure.
    Grey,
    /// Ours.
    Blue,
    /// A close loop.
    Vermilion,
    /// libdaemon.
    Green,
    /// The crate `daemonize`.
    Purple,
    /// The rest.
    Orange,
}

impl Colour {
    /// The same for a program in every drawing.
    pub fn of(subject: Subject) -> Self {
        match subject {
            Subject::Ours | Subject::OursAgain | Subject::WithoutMacro => Colour::Blue,
            Subject::CloseLoop => Colour::Vermilion,
            Subject::Libdaemon => Colour::Green,
            Subject::Daemonize => Colour::Purple,
            Subject::Fork => Colour::Orange,
            _ => Colour::Grey,
        }
    }

    /// Its class.
    pub fn class(self) -> &'static str {
        match self {
            Colour::Grey => "grey",
            Colour::Blue => "blue",
            Colour::Vermilion => "vermilion",
            Colour::Green => "green",
            Colour::Purple => "purple",
            Colour::Orange => "orange",
        }
    }
}

pub(super) const SHEET: &str = "\
svg { --ground: #ffffff; --ink: #1f2328; --faint: #59636e; --rule: #d1d9e0; --box: #f6f8fa;
  --grey: #6e7781; --blue: #0072b2; --vermilion: #d55e00; --green: #00866a; --purple: #b0578d; --orange: #b87a00; }
@media (prefers-color-scheme: dark) {
  svg { --ground: #0d1117; --ink: #e6edf3; --faint: #9198a1; --rule: #3d444d; --box: #161b22;
    --grey: #9aa4af; --blue: #56b4e9; --vermilion: #f0884a; --green: #2fc4a0; --purple: #dd9ac2; --orange: #e6ac3c; }
}
text { font-family: system-ui, -apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif; font-size: 13px; }
text, tspan { fill: var(--ink); }
.title { font-size: 17px; font-weight: 600; }
.heading { font-size: 14px; font-weight: 600; }
.strong { font-weight: 600; }
.faint { fill: var(--faint); }
.small { font-size: 12px; }
.code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: 11px; fill: var(--faint); }
.program { font-size: 11.5px; fill: var(--ink); white-space: pre; }
.over { paint-order: stroke; stroke: var(--ground); stroke-width: 5px; stroke-linejoin: round; }
.ground { fill: var(--ground); }
.box { fill: var(--box); stroke: var(--rule); stroke-width: 1; }
.idle { fill: none; stroke: var(--rule); stroke-width: 1; stroke-dasharray: 4 3; }
.rule { stroke: var(--rule); stroke-width: 1; }
.axis { stroke: var(--faint); stroke-width: 1; }
.mark { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 5 3; }
.whisker { stroke: var(--ink); stroke-width: 1.5; }
polyline { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
line.arrow { stroke: var(--ink); stroke-width: 1.5; }
polygon.arrow { fill: var(--ink); }
line.grey, polyline.grey { stroke: var(--grey); } rect.grey, circle.grey, polygon.grey, text.grey { fill: var(--grey); }
line.blue, polyline.blue { stroke: var(--blue); } rect.blue, circle.blue, polygon.blue, text.blue { fill: var(--blue); }
line.vermilion, polyline.vermilion { stroke: var(--vermilion); } rect.vermilion, circle.vermilion, polygon.vermilion, text.vermilion { fill: var(--vermilion); }
line.green, polyline.green { stroke: var(--green); } rect.green, circle.green, polygon.green, text.green { fill: var(--green); }
line.purple, polyline.purple { stroke: var(--purple); } rect.purple, circle.purple, polygon.purple, text.purple { fill: var(--purple); }
line.orange, polyline.orange { stroke: var(--orange); } rect.orange, circle.orange, polygon.orange, text.orange { fill: var(--orange); }
.pale { opacity: 0.45; }
.band { opacity: 0.18; }
";
