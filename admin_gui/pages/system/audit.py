"""The audit log: who changed and read what, narrowed, read, and saved as the appliance writes it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QMenu,
    QPushButton,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
)

from admin_gui.app_context import AppContext
from admin_gui.client.audit import AuditForm, AuditLine
from admin_gui.client.tokens import Token
from admin_gui.client.transport.stop import Progress, Stop
from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.models.system.audit import (
    ACTIONS,
    SUBJECTS,
    action_word,
    actor_word,
    changes,
    page_of,
    subject_kind_word,
    subject_tooltip,
    subject_word,
)
from admin_gui.models.table.columns import Column
from admin_gui.pages.system.tab import SystemTab
from admin_gui.saving import ask_where_to_save, tell_saved
from admin_gui.text import formats
from admin_gui.text.plain_text import plain_tooltip
from admin_gui.widgets.card import Card
from admin_gui.widgets.elided_choice import ElidedChoice
from admin_gui.widgets.elided_label import ElidedLabel
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.plain_label import PlainLabel
from admin_gui.widgets.table.filters import TimeChoice
from admin_gui.widgets.table.paged_table import PagedTable
from admin_gui.widgets.table.selection_bar import SelectionBar

translate = QCoreApplication.translate

DETAIL_HEIGHT = 170


class AuditTab(SystemTab):
    """`system?tab=audit&actor=owner&action=token.created&subject=customer:7`."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._narrowed: dict[str, str | None] = {}
        self._link = Link("system", query={"tab": "audit"})
        self.who = _choice(self.tr("Who"), (self.tr("Everybody"), None))
        self._fill_who([])
        self.action = _choice(
            self.tr("What was done"), (self.tr("Everything"), None), *((action_word(one), one) for one in ACTIONS)
        )
        self.subject = _choice(
            self.tr("To what"), (self.tr("To anything"), None), *((subject_kind_word(one), one) for one in SUBJECTS)
        )
        self.time = TimeChoice()
        self.time.chosen.connect(self._narrow)
        for choice in (self.who, self.action, self.subject):
            choice.activated.connect(lambda *_: self._narrow())
        self.table = PagedTable(
            context,
            "audit",
            self.tr("Audit log"),
            audit_columns(),
            lambda line: line.id,
            empty=("clock", self.tr("Nothing matches"), ""),
            searchable=False,
        )
        # The appliance writes files of it itself: everything that matches, with every field.
        self.table.export_button.hide()
        self.save_button = QPushButton(self.tr("Save"))
        ways = QMenu(self.save_button)
        ways.addAction(self.tr("As CSV …")).triggered.connect(lambda: self.ask_where_to_save("csv"))
        ways.addAction(self.tr("As JSON lines …")).triggered.connect(lambda: self.ask_where_to_save("jsonl"))
        self.save_button.setMenu(ways)
        for widget in (self.who, self.action, self.subject, self.time):
            self.table.add_filter(widget)
        self.table.add_tool(self.save_button)
        self.bar = SelectionBar(context, self.table)
        self.copy_button = self.bar.add(self.tr("Copy rows"), self.table.view.copy_rows, changes=False, in_menu=False)
        self.detail = ChangeCard(context)
        self.table.loaded.connect(self._loaded)
        self.table.selection_changed.connect(lambda: self.detail.show_line(self.table.current()))
        self.table.opened.connect(lambda line: self.detail.open())
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(12)
        self.splitter.addWidget(self.table)
        self.splitter.addWidget(self.detail)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([3 * DETAIL_HEIGHT, DETAIL_HEIGHT])
        self.outer.addWidget(self.splitter, 1)

    def show_link(self, link: Link) -> None:
        self._link = link
        self._set(self.who, link.query.get("actor"))
        self._set(self.action, link.query.get("action"))
        self._set(self.subject, link.query.get("subject"))
        self.time.set_value(link.query.get("time"))  # one that was chosen before does not narrow what it leads to
        self.refresh()

    def refresh(self) -> None:
        self.context.calls.start(
            self, self.context.appliance.tokens.all, self._fill_who, lambda _error: None, latest="tokens"
        )  # without their names there are still the kinds
        since = self.time.since(self.context.session.now())
        self._narrowed = {
            "actor": self.who.currentData(),
            "action": self.action.currentData(),
            "subject": self.subject.currentData(),
            "since": None if since is None else since.isoformat(),
        }
        audit, narrowed = self.context.appliance.audit, self._narrowed
        self.table.set_fetch(
            lambda cursor, limit, order: audit.page(cursor, limit, order, **narrowed),
            # The last hour is the same filter a minute later.
            narrowed=({**narrowed, "since": None}, self.time.value),
        )

    def commands(self) -> list[Command]:
        group = self.tr("Audit log")
        return [
            Command(self.tr("Save the audit log as CSV …"), lambda: self.ask_where_to_save("csv"), "Ctrl+S", group),
            Command(self.tr("Save the audit log as JSON lines …"), lambda: self.ask_where_to_save("jsonl"), "", group),
        ]

    def ask_where_to_save(self, form: AuditForm) -> None:
        """Everything that matches."""
        kinds = self.tr("CSV files (*.csv)") if form == "csv" else self.tr("JSON lines (*.jsonl)")
        name = f"vbot-audit-{self.context.session.now():%Y-%m-%d}.{form}"
        ask_where_to_save(
            self.context, self, self.tr("Save the audit log"), name, kinds, lambda file: self.save(form, file)
        )

    def save(self, form: AuditForm, file: Path) -> None:
        """As the appliance writes it; stopped half-way nothing is left of it."""
        audit, narrowed = self.context.appliance.audit, dict(self._narrowed)

        def work(progress: Progress, stop: Stop) -> Path:
            return audit.save(form, file, progress, stop, **narrowed)

        self.context.run_long(
            self,
            self.tr("Saving the audit log"),
            work,
            lambda saved: tell_saved(self.context, self.tr("Saved to %1").replace("%1", str(saved)), saved),
        )

    def _narrow(self) -> None:
        query = {"tab": "audit"}
        for name, choice in (("actor", self.who), ("action", self.action), ("subject", self.subject)):
            if choice.currentData() is not None:
                query[name] = choice.currentData()
        if self.time.value is not None:
            query["time"] = self.time.value
        self._link = Link("system", query=query)
        self.moved.emit(self._link)
        self.refresh()

    def _loaded(self) -> None:
        if self.table.model.rows and not self.table.selected():
            self.table.select(self.table.model.rows[0].id)
        self.detail.show_line(self.table.current())
        self.ready.emit()

    def _fill_who(self, tokens: list[Token]) -> None:
        if self.who.view().isVisible():
            return
        chosen = self.who.currentData() or self._link.query.get("actor")
        self.who.clear()
        self.who.addItem(self.tr("Everybody"), None)
        self.who.addItem(self.tr("Anybody with a token"), "token")
        self.who.addItem(self.tr("Commands on the appliance"), "owner")
        self.who.addItem(self.tr("The appliance itself"), "vbot")
        self.who.addItem(self.tr("Customers, by API key"), "customer")
        self.who.addItem(self.tr("Whoever was refused"), "unknown")
        for token in sorted(tokens, key=lambda one: one.name.casefold()):
            self.who.addItem(f"{token.name} ({token.id})", f"token:{token.id}")
        self._set(self.who, chosen)

    @staticmethod
    def _set(choice: QComboBox, value: str | None) -> None:
        if value is not None and choice.findData(value) < 0:
            choice.addItem(value, value)
        choice.setCurrentIndex(max(0, choice.findData(value)) if value is not None else 0)


class ChangeCard(Card):
    """One line of the log: each field before and after."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._link: str | None = None
        self.title = ElidedLabel()
        self.title.setObjectName("sectionTitle")
        self.about = PlainLabel()
        self.about.setProperty("muted", True)
        self.about.setWordWrap(True)
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.open_button = QPushButton(self.tr("Open"))
        self.open_button.clicked.connect(self.open)
        self.fields = QTableWidget(0, 3)
        self.fields.setHorizontalHeaderLabels([self.tr("Field"), self.tr("Before"), self.tr("After")])
        self.fields.setAccessibleName(self.tr("What was changed"))
        self.fields.verticalHeader().hide()
        self.fields.setShowGrid(False)
        self.fields.setTabKeyNavigation(False)
        self.fields.setWordWrap(True)
        self.fields.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.fields.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for place, width in ((0, 200), (1, 0), (2, 0)):
            mode = QHeaderView.ResizeMode.Interactive if width else QHeaderView.ResizeMode.Stretch
            self.fields.horizontalHeader().setSectionResizeMode(place, mode)
            if width:
                self.fields.setColumnWidth(place, width)
        self.none = PlainLabel(self.tr("Nothing more is told of it."))
        self.none.setProperty("muted", True)
        head = row(self.title, self.open_button, stretch_after=0)
        self.content.addLayout(head)
        self.content.addWidget(self.about)
        self.content.addWidget(self.fields, 1)
        self.content.addWidget(self.none)
        self.content.addStretch()
        self.setMinimumHeight(DETAIL_HEIGHT)

    def show_line(self, line: AuditLine | None) -> None:
        """The line; None hides it."""
        self.setVisible(line is not None)
        if line is None:
            return
        self._link = page_of(line.subject)
        self.open_button.setVisible(self._link is not None)
        self.title.setText(f"{action_word(line.action)}: {subject_word(line)}")
        self.title.setToolTip(plain_tooltip(subject_tooltip(line)))
        parts = [actor_word(line.actor), formats.moment(line.at)]
        if line.actor.address:
            parts.append(line.actor.address)
        if line.request_id:
            parts.append(self.tr("request %1").replace("%1", line.request_id))
        self.about.setText(" · ".join(parts))
        self.about.setToolTip(plain_tooltip(formats.utc_tooltip(line.at)))
        found = changes(line)
        self.fields.setVisible(bool(found))
        self.none.setVisible(not found)
        self.fields.setRowCount(len(found))
        for place, change in enumerate(found):
            for column, text in enumerate((change.field, change.before, change.after)):
                item = QTableWidgetItem(text)
                item.setToolTip(plain_tooltip(text if column else change.name))
                self.fields.setItem(place, column, item)
        self.fields.resizeRowsToContents()

    def open(self) -> None:
        """Go to what it was done to."""
        if self._link is not None:
            self._context.go(self._link)


def audit_columns() -> list[Column[AuditLine]]:
    """Who, what, to what, when."""
    return [
        Column(
            "at",
            translate("audit", "When"),
            lambda one: formats.moment(one.at),
            sort=lambda one: one.at,
            field="at",
            tooltip=lambda one: formats.utc_tooltip(one.at),
            typical=formats.longest_moment(),
        ),
        Column(
            "actor",
            translate("audit", "Who"),
            lambda one: actor_word(one.actor),
            sort=lambda one: one.actor.name or one.actor.kind,
            field="actor",
            width=150,
        ),
        Column(
            "action",
            translate("audit", "What"),
            lambda one: action_word(one.action),
            # By the api's own name, which the tooltip shows: the appliance sorts whole lists and knows no reader's
            # language. What is alike stands together, and what was done to one kind of thing side by side.
            sort=lambda one: one.action,
            field="action",
            tooltip=lambda one: one.action,
            width=170,
        ),
        Column(
            "subject",
            translate("audit", "To what"),
            subject_word,
            # By its id, as the appliance sorts it: what was done to one thing stands together.
            sort=lambda one: (one.subject.kind, one.subject.id or ""),
            field="subject",
            tooltip=subject_tooltip,
            width=180,
        ),
        Column(
            "address",
            translate("audit", "From"),
            lambda one: one.actor.address or formats.DASH,
            sort=lambda one: one.actor.address,
            field="address",
            width=130,
            yields=1,
        ),
        Column(
            "request",
            translate("audit", "Request"),
            lambda one: one.request_id or formats.DASH,
            mono=True,
            width=220,
            hidden=True,
        ),
    ]


def _choice(name: str, *options: tuple[str, str | None]) -> ElidedChoice:
    made = ElidedChoice()
    made.setAccessibleName(name)
    for words, value in options:
        made.addItem(words, value)
    return made
