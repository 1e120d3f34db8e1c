"""The paths of our icons, on a grid of 24."""
# ruff: noqa: E501 - a path is one word

from __future__ import annotations

ICON_PATHS: dict[str, str] = {
    "overview": '<path d="M4 15a8 8 0 1 1 16 0"/><path d="M12 15l4-5"/><path d="M4 19h16"/>',
    "customers": '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 19.5c.6-3.6 3-5.5 6.5-5.5s5.9 1.9 6.5 5.5"/><path d="M15.5 4.9a3.5 3.5 0 0 1 0 6.2"/><path d="M18 14.5c2 .8 3.2 2.5 3.5 5"/>',
    "calls": '<path d="M6.5 3.5l3 .5 1.3 4-2 1.7a12 12 0 0 0 5.5 5.5l1.7-2 4 1.3.5 3c0 1.7-1.3 3-3 3C10.5 20.5 3.5 13.5 3.5 6.5c0-1.7 1.3-3 3-3z"/>',
    "webhooks": '<path d="M21 3L10 14"/><path d="M21 3l-6.5 18-4.5-7-7-4.5z"/>',
    "system": '<rect x="3.5" y="4" width="17" height="7" rx="2"/><rect x="3.5" y="13" width="17" height="7" rx="2"/><path d="M7.5 7.5h.01M7.5 16.5h.01"/><path d="M11.5 7.5h5M11.5 16.5h5"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="M15 15l5.5 5.5"/>',
    "refresh": '<path d="M20 12a8 8 0 1 1-2.4-5.7"/><path d="M20 3.5v5h-5"/>',
    "copy": '<rect x="8.5" y="8.5" width="11.5" height="11.5" rx="2"/><path d="M15.5 8.5V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7.5a2 2 0 0 0 2 2h2.5"/>',
    "show": '<path d="M2.5 12C4.5 7.7 8 5.5 12 5.5s7.5 2.2 9.5 6.5c-2 4.3-5.5 6.5-9.5 6.5S4.5 16.3 2.5 12z"/><circle cx="12" cy="12" r="3"/>',
    "hide": '<path d="M4 4l16 16"/><path d="M9.5 5.8A9 9 0 0 1 12 5.5c4 0 7.5 2.2 9.5 6.5a14 14 0 0 1-2.5 3.6M15 17.9a9 9 0 0 1-3 .6c-4 0-7.5-2.2-9.5-6.5a14 14 0 0 1 3.7-4.7"/><path d="M9.9 9.9a3 3 0 0 0 4.2 4.2"/>',
    "back": '<path d="M14.5 5.5L8 12l6.5 6.5"/>',
    "forward": '<path d="M9.5 5.5L16 12l-6.5 6.5"/>',
    "columns": '<rect x="3.5" y="4.5" width="17" height="15" rx="2"/><path d="M9.2 4.5v15M14.8 4.5v15"/>',
    "save": '<path d="M12 4v10.5"/><path d="M7.5 10.5L12 15l4.5-4.5"/><path d="M4.5 19.5h15"/>',
    "add": '<path d="M12 5v14M5 12h14"/>',
    "close": '<path d="M6 6l12 12M18 6L6 18"/>',
    "done": '<path d="M4.5 12.5l5 5L19.5 7"/>',
    "warning": '<path d="M12 4L2.8 19.5h18.4z"/><path d="M12 10v4.5M12 17.2h.01"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5M12 7.7h.01"/>',
    "stop": '<circle cx="12" cy="12" r="8.5"/><path d="M9 9l6 6M15 9l-6 6"/>',
    "commands": '<path d="M5 7l5 5-5 5"/><path d="M12.5 17.5h6.5"/>',
    "erase": '<path d="M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 12.5h9l1-12.5M10.5 10.5v5.5M13.5 10.5v5.5"/>',
    "key": '<circle cx="8" cy="15.5" r="4"/><path d="M11 12.5L19.5 4M15.5 8l3 3"/>',
    "play": '<path d="M7.5 4.5l11 7.5-11 7.5z"/>',
    "pause": '<path d="M8 5v14M16 5v14"/>',
    "plug": '<path d="M9 3.5v4M15 3.5v4M6.5 7.5h11v3.5a5.5 5.5 0 0 1-11 0zM12 16.5v4"/>',
    "shield": '<path d="M12 3.5l7.5 2.8v5.2c0 4.5-3 7.7-7.5 9-4.5-1.3-7.5-4.5-7.5-9V6.3z"/>',
    "undo": '<path d="M8.5 5L4 9.5 8.5 14"/><path d="M4 9.5h10a5.5 5.5 0 0 1 0 11h-3"/>',
    "more": '<path d="M5.5 12h.01M12 12h.01M18.5 12h.01"/>',
    "link": '<path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3L11.5 6.8"/><path d="M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1.5-1.5"/>',
    "help": '<circle cx="12" cy="12" r="8.5"/><path d="M9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M12 16.7h.01"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>',
}
