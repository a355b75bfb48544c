namespace Isthmus.Mapping.Feeds;

/// <summary>What can be wrong with the form of a flat file or of JSON.</summary>
public static class FeedRules
{
    public static readonly (string Rule, string Message) CellCount = ("feed.csv.cell-count", "The row has fewer cells than the file has columns; the last columns count as empty.");
    public static readonly (string Rule, string Message) CellsBeyond = ("feed.csv.cells-beyond", "The row has more cells than the file has columns, so a delimiter may stand within a value; the row was not read.");
    public static readonly (string Rule, string Message) QuoteOpen = ("feed.csv.quote-open", "A quotation mark is not closed before the file ends; nothing from this row on was read.");
    public static readonly (string Rule, string Message) ColumnTwice = ("feed.csv.column-twice", "The header names this column twice, so nobody knows which is meant; neither was read.");
    public static readonly (string Rule, string Message) HeaderCase = ("feed.csv.header-case", "The header spells this column with other capitals than the map; it was read all the same.");
    public static readonly (string Rule, string Message) NotUtf8 = ("feed.csv.not-utf8", "The cell holds bytes that are no UTF-8; each stands as a replacement character.");
    public static readonly (string Rule, string Message) ColumnMissing = ("feed.column-missing", "The file lacks a column that the map lists.");
    public static readonly (string Rule, string Message) ColumnUnknown = ("feed.column-unknown", "The map does not list this column; what it holds was left out.");
    public static readonly (string Rule, string Message) KeyEmpty = ("feed.key-empty", "The column that tells this resource from others is empty; what the whole record says tells it instead.");
    public static readonly (string Rule, string Message) RecordTooLong = ("feed.record-too-long", "The record holds more than one message may; it was not read.");
    public static readonly (string Rule, string Message) Json = ("feed.json-syntax", "This is not JSON, or nests deeper than 64 levels; nothing from here on was read.");
    public static readonly (string Rule, string Message) NameTwice = ("feed.json-name-twice", "The object has this name twice, so nobody knows which is meant; the record was not read.");
    public static readonly (string Rule, string Message) NotText = ("feed.json-not-text", "The record holds what is no text, as half a character (a lone surrogate); it was not read.");
    public static readonly (string Rule, string Message) NotAnObject = ("feed.json-not-object", "A record is a JSON object; this is not one.");
    public static readonly (string Rule, string Message) Shape = ("feed.json-shape", "By the map this is a value, an object or a list of objects, and here it is another of them; it was left out.");
    public static readonly (string Rule, string Message) ValuesLeft = ("feed.values-left", "No rule goes through several values of this column; the first was kept, the others were left out.");
    public static readonly (string Rule, string Message) ValuesBeyond = ("feed.values-beyond-limit", "A column holds at most 9,999 values in a record; the others were left out.");
    public static readonly (string Rule, string Message) Date = ("feed.date-form", "The date has not the form that the map states; it was not read as a date.");
    public static readonly (string Rule, string Message) Unwritable = ("feed.value-unreadable", "The value holds control characters, or is the two quotation marks by which HL7 v2 deletes; it was left out.");
}
