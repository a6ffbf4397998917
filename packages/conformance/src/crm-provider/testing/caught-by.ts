/** The cases that each sabotage must make fail: all of them, and no other. */
export const caughtBy = {
  "drops a page": [
    "walking over all > brings every record, more than a page and a ceiling hold, and then calls itself complete",
    "walking over all > goes on from the cursor of every page, though all stamps are equal",
    "walking over all > brings what stands for the whole walk, while others come, change and go",
  ],
  "calls a walk complete that an error cut short": [
    "walking over all > is never complete when it was cut short",
  ],
  "trusts the total": [
    "walking over all > goes on from the cursor of every page, though all stamps are equal",
    "walking over all > ends where no more comes, whatever the CRM says of how many there are",
  ],
  "goes on one record too late": [
    "walking over all > goes on from the cursor of every page, though all stamps are equal",
  ],
  "calls every page the last": [
    "walking over all > brings every record, more than a page and a ceiling hold, and then calls itself complete",
    "walking over all > is never complete when it was cut short",
  ],
  "never calls a walk complete": [
    "walking over all > brings every record, more than a page and a ceiling hold, and then calls itself complete",
    "walking over all > brings no record that is not there, and is complete, where there is none",
    "walking over all > goes on from the cursor of every page, though all stamps are equal",
  ],
  "loses microseconds": [
    "changes > goes on from the cursor of every page, though all stamps are equal and there are more than any ceiling",
    "changes > misses nothing that comes within the instant of what it brought before",
  ],
  "brings each record once a read": ["changes > brings what changes while it is read, now or the next time"],
  "tells changes without what they are": [
    "changes > brings what was made and changed, in its latest state",
    "changes > brings what changes while it is read, now or the next time",
    "changes > comes to an end when nothing changes, and goes on when something does",
  ],
  "never comes to the end of the changes": [
    "changes > brings what was made and changed, in its latest state",
    "changes > brings only what changed since an instant",
    "changes > goes on from the cursor of every page, though all stamps are equal and there are more than any ceiling",
    "changes > misses nothing that comes within the instant of what it brought before",
    "changes > brings what changes while it is read, now or the next time",
    "changes > comes to an end when nothing changes, and goes on when something does",
    "changes > tells what was removed",
    "changes > loses nothing by a page that failed",
    "merges > tells of a merge among the changes",
  ],
  "leaves merged records out of the changes": ["merges > tells of a merge among the changes"],
  "tells no removals": ["changes > tells what was removed"],
  "ends the changes at their first page": [
    "changes > goes on from the cursor of every page, though all stamps are equal and there are more than any ceiling",
    "changes > brings what changes while it is read, now or the next time",
  ],
  "takes a failed page for one without changes": ["changes > loses nothing by a page that failed"],
  "takes every change for a recent one": ["changes > brings only what changed since an instant"],
  "tells stamps through a Date": [
    "reading > keeps the CRM's own text of when a record changed, with all its digits",
  ],
  "remembers what it has read": [
    "reading > gets at once what a user has just made and changed",
    "writing > changes every field that it names, each for itself",
    "writing > takes a value away where it is null",
    "writing > replaces lists whole, and keeps them when something else changes",
    "writing > keeps custom fields of the mapping, changes them and takes them away",
    "writing > leaves alone what a user changed meanwhile",
  ],
  "takes a record that is gone for an error": [
    "reading > gets nothing, and no error, for a record that is gone",
    "writing > removes what it is told to, and nothing else",
  ],
  "takes a refusal for a record that is gone": [
    "reading > does not take a refusal for a record that is gone",
    "failures > does not try again with a key that is refused",
  ],
  "takes an answer that is cut off for a record that is gone": [
    "failures > gives up on an answer that is cut off",
  ],
  "tells ids as numbers": [
    "reading > tells ids as text that finds the record again",
    "reading > gets many in the order asked for, with nothing in the place of those that are gone",
    "reading > gets more than a page at once",
    "merges > gets a merged record under the id that stands, for whichever id it is asked",
  ],
  "sorts what was asked for": [
    "reading > gets many in the order asked for, with nothing in the place of those that are gone",
    "reading > gets more than a page at once",
  ],
  "leaves out those that are gone": [
    "reading > gets nothing, and no error, for a record that is gone",
    "reading > gets many in the order asked for, with nothing in the place of those that are gone",
  ],
  "gets one page of many": ["reading > gets more than a page at once"],
  "forgets merged ids": ["merges > tells the ids that lead to a record since they were merged into it"],
  "does not follow a merge": [
    "merges > gets a merged record under the id that stands, for whichever id it is asked",
  ],
  "tells a merged record under the id asked for": [
    "merges > gets a merged record under the id that stands, for whichever id it is asked",
  ],
  "takes an index for a strong key": [
    "looking up > finds by each key what a user made: at once where it is strong, after its lag where it is not",
    "looking up > finds at once by a strong key what it has just made itself",
  ],
  "is always certain": ["looking up > is certain that there is nothing only by a strong key"],
  "finds what resembles": [
    "looking up > finds what matches exactly, and nothing that only resembles it",
    "looking up > finds by several keys only what matches all of them",
  ],
  "brings the newest first": ["looking up > brings the oldest first where several match"],
  "finds by what a record had before": ["looking up > does not find by a value that a record had before"],
  "looks by the first of several keys": ["looking up > finds by several keys only what matches all of them"],
  "passes over a key that it does not name": [
    "looking up > refuses to look by a key that it does not name, alone or beside another, and asks nobody",
  ],
  "finds all where it is asked for nothing": [
    "looking up > refuses to look by nothing at all, and asks nobody",
  ],
  "looks by keys that it does not name": [
    "looking up > refuses to look by a key that it does not name, alone or beside another, and asks nobody",
  ],
  "makes a record again when it does not know": [
    "lost answers > never makes a record twice when the answer is lost, and says that it may have been made",
  ],
  "calls a lost create safe to repeat": [
    "lost answers > never makes a record twice when the answer is lost, and says that it may have been made",
    "lost answers > says that a record may have been made when the connection breaks, the server fails or the body is cut",
  ],
  "sends all fields": ["writing > sends what changed, and nothing else"],
  "sends what it read once": ["writing > leaves alone what a user changed meanwhile"],
  "clears what is undefined": ["writing > leaves a field alone that is undefined"],
  "does not clear": ["writing > takes a value away where it is null"],
  "adds to lists": ["writing > replaces lists whole, and keeps them when something else changes"],
  "drops a field": ["writing > keeps every field that it names, in normal form, from the create on"],
  "drops links": ["writing > hangs a record on others of each kind that it names"],
  "drops custom fields": ["writing > keeps custom fields of the mapping, changes them and takes them away"],
  "makes what it is to change": [
    "writing > says crm.not_found, with the id, when what it is to change is gone",
    "merges > changes the record that stands, or says crm.not_found and where it went, when what it is to change was merged",
  ],
  "forgets where a record went": [
    "merges > changes the record that stands, or says crm.not_found and where it went, when what it is to change was merged",
  ],
  "takes a duplicate for a bad value": [
    "writing > says crm.exists, with the other's id, where the CRM refuses a second one",
  ],
  "does not tell which record exists": [
    "writing > says crm.exists, with the other's id, where the CRM refuses a second one",
  ],
  "fails on what is removed already": [
    "writing > finds it well when what it is to remove is gone already",
    "lost answers > does not fail for having removed a record already, when the answer is lost",
  ],
  "sends what it does not name": [
    "writing > does not take a field that it does not name, or that it only tells",
  ],
  "forgets the links of what it changed": ["writing > adds a link, and takes none away"],
  "makes up the record that another must hang on": [
    "writing > makes nothing without the record that it must hang on",
  ],
  "makes a record twice when it has waited": [
    "lost answers > makes a record once when it is told to wait first",
  ],
  "takes a lost change for a record that is gone": [
    "lost answers > has a change made once and for all, or says that it is not known, when the answer is lost",
  ],
  "tells of rows in any order": [
    "batches > tells what became of each row, in their order",
    "batches > settles the rows beside one that is refused, tells which and why, and sends nothing twice",
    "batches > takes more rows than the CRM takes at once",
  ],
  "refuses a batch without rows": ["batches > takes no rows, too"],
  "swallows a refused row": [
    "batches > settles the rows beside one that is refused, tells which and why, and sends nothing twice",
    "batches > settles the rows beside one that exists already",
  ],
  "leaves out a refused row": [
    "batches > settles the rows beside one that is refused, tells which and why, and sends nothing twice",
    "batches > settles the rows beside one that exists already",
  ],
  "sends a batch again when a row is refused": [
    "batches > settles the rows beside one that is refused, tells which and why, and sends nothing twice",
    "batches > settles the rows beside one that exists already",
  ],
  "fails a batch for one refused row": [
    "batches > settles the rows beside one that is refused, tells which and why, and sends nothing twice",
    "batches > settles the rows beside one that exists already",
  ],
  "calls a lost batch refused": ["batches > calls a row written only when it is, though the answer is lost"],
  "writes one batch of many": ["batches > takes more rows than the CRM takes at once"],
  "tries for ever": [
    "failures > gives up with service.unavailable on a server that fails",
    "failures > gives up with service.unavailable on a connection that breaks",
  ],
  "waits for as long as it is told": ["failures > does not wait for a day"],
  "waits less than it is told": [
    "failures > waits as long as it is told to, and comes through; or tells how long to wait",
  ],
  "does not hear an abort while it waits": [
    "aborts > rejects within one turn when it is aborted while it waits",
  ],
  "takes a refusal to wait for a failure": [
    "failures > waits as long as it is told to, and comes through; or tells how long to wait",
    "failures > gives up with service.rate_limited when it is turned away again and again",
    "failures > does not wait for a day",
    "aborts > rejects within one turn when it is aborted while it waits",
  ],
  "does not tell how long to wait": [
    "failures > waits as long as it is told to, and comes through; or tells how long to wait",
    "failures > does not wait for a day",
  ],
  "tries again with a refused key": ["failures > does not try again with a key that is refused"],
  "lets errors tell the key": ["failures > never tells the key, in no error however it is printed"],
  "wraps the abort's reason": [
    "aborts > sends nothing when it was aborted before, and rejects with the caller's own reason",
    "aborts > rejects within one turn when it is aborted while the CRM is silent",
  ],
  "ends late when it is aborted": [
    "aborts > rejects within one turn when it is aborted while the CRM is silent",
  ],
  "sends what was aborted before": [
    "aborts > sends nothing when it was aborted before, and rejects with the caller's own reason",
    "aborts > rejects within one turn when it is aborted while the CRM is silent",
  ],
  "goes on after an abort between pages": [
    "aborts > sends nothing when it was aborted before, and rejects with the caller's own reason",
    "aborts > rejects within one turn when it is aborted while the CRM is silent",
    "aborts > stops between two pages when it is aborted",
  ],
  "is of no use after an abort": ["aborts > goes on well after a call that was aborted"],
  "has no name": ["capabilities > names itself, its port and at least one kind"],
  "takes no rows at once": ["capabilities > says of itself what fits together"],
  "is never well": ["capabilities > is well when the CRM is"],
  "says that its webhooks are not signed": [
    "webhooks > says crm.unsupported to any webhook where the CRM signs none",
  ],
  "takes every hint for a change": [
    "webhooks > reads from a signed webhook which record it is about, and what became of it",
  ],
  "does what it does not promise": [
    "capabilities > says crm.unsupported to what it does not promise, and asks nobody",
  ],
  "hides its custom fields": ["capabilities > lists the fields of each kind, and the custom ones with them"],
  "is always well": [
    "capabilities > is not well, and throws nothing, when the key is refused or nobody answers",
  ],
  "throws when it is not well": [
    "capabilities > is not well, and throws nothing, when the key is refused or nobody answers",
  ],
  "takes any webhook": [
    "webhooks > refuses a webhook without a signature",
    "webhooks > refuses a webhook that was signed with another secret",
    "webhooks > refuses a webhook whose body was altered by a byte",
    "webhooks > goes by the bytes of the body, and not by what they say",
    "webhooks > refuses a webhook of an hour ago, though it is signed",
    "webhooks > refuses a webhook of the next hour, though it is signed",
  ],
  "takes webhooks of any time": [
    "webhooks > refuses a webhook of an hour ago, though it is signed",
    "webhooks > refuses a webhook of the next hour, though it is signed",
  ],
  "takes webhooks of the next hour": ["webhooks > refuses a webhook of the next hour, though it is signed"],
  "checks what a webhook's body says": ["webhooks > goes by the bytes of the body, and not by what they say"],
  "reads the whole buffer of a webhook": ["webhooks > takes a body that is a part of a larger buffer"],
  "gives each hint a new key": [
    "webhooks > gives a hint that comes twice the same key, and each other one its own",
  ],
  "gives all hints of a record one key": [
    "webhooks > gives a hint that comes twice the same key, and each other one its own",
  ],
} satisfies Readonly<Record<string, readonly string[]>>;
