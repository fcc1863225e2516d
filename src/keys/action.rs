//! THE action table: keymap, footer, help, prompt and README read these rows and nothing else.

/// Where a key is pressed. A dialog or a line that takes text is offered keys before any context is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// The members of the account.
    Members,
    /// The groups of the account.
    Groups,
    /// A member's page: its groups.
    MemberGroups,
    /// A member's page: its policies.
    MemberPolicies,
    /// A group's page: its members.
    GroupMembers,
    /// A group's page: its policies.
    GroupPolicies,
    /// The organization's members.
    Organization,
    /// One member of the organization.
    OrganizationMember,
    /// Who can do what was asked.
    Access,
    /// The proof that a member can.
    Proof,
    /// What a member may do where.
    Effective,
    /// Two members side by side.
    Compare,
    /// Who has what only through a group.
    OnlyHere,
    /// What the rules find in the account.
    Findings,
    /// One finding: whom and what it is about.
    Finding,
    /// What is staged, and runs.
    Changes,
    /// A plan, before it is applied.
    Plan,
    /// A run, step by step.
    Run,
    /// Requests as they happened.
    Requests,
    /// The accounts to choose from.
    Accounts,
    /// How to connect, where there is no credential.
    Start,
}

/// What an action may do at worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Danger {
    /// It looks or moves.
    Looks,
    /// It stages a change: nothing is sent.
    Stages,
    /// It leads to a write, behind a confirmation.
    Writes,
    /// It leaves the program.
    Leaves,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// The action.
    pub action: Action,
    /// Its name in a keymap and on the prompt.
    pub name: &'static str,
    /// One or two words for the footer.
    pub short: &'static str,
    /// A line for help.
    pub words: &'static str,
    /// The keys it has unless a keymap says otherwise.
    pub keys: &'static [&'static str],
    /// Where it works; empty means everywhere.
    pub contexts: &'static [Context],
    /// What it may do at worst.
    pub danger: Danger,
}

macro_rules! actions {
    ($($action:ident $name:literal $short:literal $words:literal [$($key:literal)*] $contexts:expr, $danger:ident;)*) => {
        /// What a person can ask for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $(#[doc = $words] $action,)*
        }

        /// All actions, in the order in which help lists them.
        pub static TABLE: &[Words] = &[
            $(Words {
                action: Action::$action, name: $name, short: $short, words: $words, keys: &[$($key),*],
                contexts: $contexts, danger: Danger::$danger,
            },)*
        ];
    };
}

use Context as C;

const LISTS: &[Context] = &[
    C::Members,
    C::Groups,
    C::MemberGroups,
    C::MemberPolicies,
    C::GroupMembers,
    C::GroupPolicies,
    C::Organization,
    C::Access,
    C::Proof,
    C::Effective,
    C::Compare,
    C::OnlyHere,
    C::Findings,
    C::Finding,
    C::Changes,
    C::Plan,
    C::Run,
    C::Requests,
    C::Accounts,
];
const MARKED: &[Context] = &[C::Members, C::Groups, C::MemberGroups, C::GroupMembers, C::Access];
const FILTERED: &[Context] = &[
    C::Members,
    C::Groups,
    C::MemberGroups,
    C::GroupMembers,
    C::Organization,
    C::Access,
    C::Requests,
];
const SORTED: &[Context] =
    &[C::Members, C::Groups, C::MemberGroups, C::GroupMembers, C::Organization, C::Access];
const PREVIEWED: &[Context] = &[C::Members, C::Groups, C::Organization, C::Access];
const OPENED: &[Context] = &[
    C::Members,
    C::Groups,
    C::MemberGroups,
    C::MemberPolicies,
    C::GroupMembers,
    C::GroupPolicies,
    C::Organization,
    C::Access,
    C::Proof,
    C::Effective,
    C::Compare,
    C::OnlyHere,
    C::Findings,
    C::Finding,
    C::Changes,
    C::Plan,
    C::Run,
    C::Accounts,
];
const PANES: &[Context] =
    &[C::MemberGroups, C::MemberPolicies, C::GroupMembers, C::GroupPolicies, C::Plan, C::Effective];
const COMPARED: &[Context] = &[
    C::Members,
    C::MemberGroups,
    C::MemberPolicies,
    C::GroupMembers,
    C::Access,
    C::Proof,
    C::Effective,
];
const PEOPLE: &[Context] =
    &[C::Members, C::MemberGroups, C::MemberPolicies, C::GroupMembers, C::Access, C::Proof];
const COPIED: &[Context] = &[
    C::Members,
    C::Groups,
    C::MemberGroups,
    C::MemberPolicies,
    C::GroupMembers,
    C::GroupPolicies,
    C::Organization,
    C::OrganizationMember,
    C::Access,
    C::Findings,
    C::Finding,
    C::Plan,
];
const GROUP_ROWS: &[Context] = &[C::Groups, C::GroupMembers, C::GroupPolicies];
const MEMBER_ROWS: &[Context] = &[C::Members, C::MemberGroups, C::MemberPolicies];
const ADDS: &[Context] = &[
    C::Members,
    C::MemberGroups,
    C::MemberPolicies,
    C::Groups,
    C::GroupMembers,
    C::GroupPolicies,
    C::Access,
];

actions! {
    Open "open" "open" "open what is under the cursor" ["enter" "l" "right"] OPENED, Looks;
    Down "down" "down" "move down" ["j" "down"] LISTS, Looks;
    Up "up" "up" "move up" ["k" "up"] LISTS, Looks;
    Top "top" "top" "to the first row" ["g" "home"] LISTS, Looks;
    Bottom "bottom" "bottom" "to the last row" ["G" "end"] LISTS, Looks;
    PageDown "page-down" "page down" "half a page down" ["ctrl-d" "pgdn"] LISTS, Looks;
    PageUp "page-up" "page up" "half a page up" ["ctrl-u" "pgup"] LISTS, Looks;
    Filter "filter" "filter" "filter the rows; in text, search" ["/"] FILTERED, Looks;
    Sort "sort" "sort" "sort by…" ["s"] SORTED, Looks;
    Mark "mark" "mark" "mark the row and move on" ["space"] MARKED, Looks;
    MarkRange "mark-range" "range" "mark from here on; again to end the range" ["v"] MARKED, Looks;
    MarkAll "mark-all" "mark all" "mark all rows shown, or unmark them" ["*"] MARKED, Looks;
    AddTo "add-to" "add to…" "add: the member to groups, or members to the group" ["a"] ADDS, Stages;
    RemoveFrom "remove-from" "remove from…" "remove: the member from groups, or members from the group" ["x"] ADDS, Stages;
    Invite "invite" "invite…" "invite a person to the account" ["c"] &[C::Members], Stages;
    EditDirect "edit-direct" "edit…" "edit the policies that the member holds directly" ["e"] MEMBER_ROWS, Stages;
    RemoveMember "remove-member" "remove" "remove the member from the account, or cancel the invitation" ["D"] MEMBER_ROWS, Stages;
    Create "create" "create" "create a group" ["c"] &[C::Groups, C::GroupMembers, C::GroupPolicies], Stages;
    Edit "edit" "edit…" "edit the group: its name, its policies" ["e"] GROUP_ROWS, Stages;
    EditChanges "edit-changes" "edit…" "edit all that is staged as a change file, in your editor" ["e"] &[C::Changes], Stages;
    Delete "delete" "delete" "delete the group" ["D"] GROUP_ROWS, Stages;
    Unstage "unstage" "take out" "take the change out of what is staged" ["x"] &[C::Changes], Stages;
    UnstageAll "unstage-all" "take all out" "take out all that is staged" ["X"] &[C::Changes], Stages;
    Mend "mend" "mend" "stage the changes that mend this finding" ["m"] &[C::Findings, C::Finding], Stages;
    Plan "plan" "plan" "see what is staged as a plan" ["P"] &[], Looks;
    Apply "apply" "apply" "apply the plan, after a confirmation" ["ctrl-s"] &[C::Plan], Writes;
    TakeUp "take-up" "resume…" "take up a run that is not finished: resume, undo or close it" ["t"] &[C::Changes, C::Run], Writes;
    StopRun "stop-run" "stop" "stop the run after what is in flight" ["S"] &[], Writes;
    UndoRun "undo-run" "undo" "take this run back: its plan is shown first" ["u"] &[C::Changes, C::Run], Looks;
    UndoLast "undo-last" "undo last" "take back the last run that changed something: its plan is shown first" ["z"] &[], Looks;
    WhoCan "who-can" "who can…" "ask who can do something somewhere; starts from what is under the cursor" ["w"] &[], Looks;
    Explain "explain" "effective access" "what the member may do where, each with its proof" ["i"] PEOPLE, Looks;
    OnlyHere "only-here" "only through it" "who has what only through this group, or the policy under the cursor" ["i"] &[C::Groups, C::GroupPolicies], Looks;
    Compare "compare" "compare" "compare two members, or a member with what all of a group hold" ["C"] COMPARED, Looks;
    MakeLike "make-like" "make like…" "make one like the other: the changes of groups are staged, and shown as a plan" ["m"] &[C::Compare], Stages;
    Preview "preview" "preview" "show or hide the preview" ["p"] PREVIEWED, Looks;
    NextPane "next-pane" "next pane" "to the next pane, the next view of the plan, the next column of a table" ["tab"] PANES, Looks;
    Copy "copy" "copy…" "copy: rows as text, CSV, JSON or Markdown, the command that shows them, the plan for a ticket" ["y"] COPIED, Looks;
    OnlyReal "only-real" "only real changes" "only people whose access really changes, or all whom the plan touches" ["t"] &[C::Plan, C::OnlyHere], Looks;
    Close "close" "close" "close, clear the filter, clear the marks, go back: in that order" ["esc"] &[], Looks;
    Back "back" "back" "go back" ["h" "left"] &[], Looks;
    LastScreen "last-screen" "last screen" "to the screen before this one" ["-"] &[], Looks;
    Members "members" "Members" "to the members" ["1"] &[], Looks;
    Groups "groups" "Groups" "to the groups" ["2"] &[], Looks;
    Access "access" "Access" "to who can do what was asked" ["3"] &[], Looks;
    Findings "findings" "Findings" "to what a careful administrator would want to know" ["4"] &[], Looks;
    Changes "changes" "Changes" "to what is staged, and runs" ["6"] &[], Looks;
    Organization "organization" "Organization" "to the organization's members" ["7"] &[], Looks;
    Account "account" "account…" "choose another account" [] &[], Looks;
    Refresh "refresh" "refresh" "read this again" ["r"] &[], Looks;
    RefreshAll "refresh-all" "refresh all" "read everything again" ["R"] &[], Looks;
    Dashboard "dashboard" "dashboard" "open the account's members in the dashboard" ["o"] &[], Looks;
    ReadWrite "read-write" "read-write" "allow changes, or stop allowing them" ["W"] &[], Looks;
    Requests "requests" "requests" "requests as they happened" ["@"] &[], Looks;
    NextMatch "next-match" "next" "to the next match" ["n"] &[C::Requests], Looks;
    PreviousMatch "previous-match" "previous" "to the match before" ["N"] &[C::Requests], Looks;
    Demo "demo" "demo" "look around in the demo: a made-up account, no network" ["d"] &[C::Start], Looks;
    Prompt "prompt" "prompt" "the prompt: an action, a screen, a member, a group by name" [":"] &[], Looks;
    Help "help" "all keys" "what can be done here" ["?" "F1"] &[], Looks;
    Leave "leave" "quit" "close what is open; at the root, quit" ["q"] &[], Leaves;
    Suspend "suspend" "suspend" "suspend; `fg` comes back" ["ctrl-z"] &[], Leaves;
    Quit "quit" "quit" "quit cleanly, from anywhere" ["ctrl-c"] &[], Leaves;
}

impl Action {
    /// This action's row of the table.
    pub fn row(self) -> &'static Words {
        // The table is in the order of the enum: a test holds both together.
        #[expect(
            clippy::indexing_slicing,
            reason = "the macro makes one row for each action, in order"
        )]
        &TABLE[self as usize]
    }

    /// The action with this name.
    pub fn named(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.name == name).map(|row| row.action)
    }

    /// Whether it moves the cursor and does no more.
    pub fn moves(self) -> bool {
        matches!(
            self,
            Self::Down | Self::Up | Self::Top | Self::Bottom | Self::PageDown | Self::PageUp
        )
    }

    /// Whether this action belongs to a context.
    pub fn works_in(self, context: Context) -> bool {
        let row = self.row();
        row.contexts.is_empty() || row.contexts.contains(&context)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_action_has_one_row_and_one_name() {
        let names: BTreeSet<_> = TABLE.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), TABLE.len());
        for row in TABLE {
            assert_eq!(row.action.row().name, row.name);
            assert_eq!(Action::named(row.name), Some(row.action));
        }
    }

    #[test]
    fn enter_and_the_control_keys_of_a_shell_never_write() {
        let harmless =
            ["enter", "ctrl-d", "ctrl-u", "ctrl-k", "ctrl-w", "ctrl-j", "ctrl-h", "ctrl-l"];
        for row in
            TABLE.iter().filter(|row| row.danger > Danger::Looks && row.danger < Danger::Leaves)
        {
            assert!(row.keys.iter().all(|key| !harmless.contains(key)), "{}", row.name);
        }
    }

    #[test]
    fn only_the_plan_leads_to_a_write() {
        let writes: Vec<_> =
            TABLE.iter().filter(|row| row.danger == Danger::Writes).map(|row| row.action).collect();
        assert_eq!(writes, [Action::Apply, Action::TakeUp, Action::StopRun]);
        assert_eq!(Action::Apply.row().contexts, [Context::Plan]);
    }
}
