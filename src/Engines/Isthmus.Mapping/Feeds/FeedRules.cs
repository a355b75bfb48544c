namespace Isthmus.Mapping.Feeds;

/// <summary>What can be wrong with the form of a flat file or of JSON.</summary>
public static class FeedRules
{
    public static readonly (string Rule, string Message) CellCount = ("feed.csv.cell-count", "The row has another number of cells than the file has columns; what has no column was left out.");
    public static readonly (string Rule, string Message) QuoteOpen = ("feed.csv.quote-open", "A quotation mark is not closed before the file ends; the row was not read.");
    public static readonly (string Rule, string Message) ColumnMissing = ("feed.column-missing", "The file lacks a column that the map lists.");
    public static readonly (string Rule, string Message) Json = ("feed.json-syntax", "This is not JSON; nothing from here on was read.");
    public static readonly (string Rule, string Message) NameTwice = ("feed.json-name-twice", "The object has this name twice, so nobody knows which is meant; the record was not read.");
    public static readonly (string Rule, string Message) NotText = ("feed.json-not-text", "The record holds half a character (a lone surrogate); it was not read.");
    public static readonly (string Rule, string Message) NotAnObject = ("feed.json-not-object", "A record is a JSON object; this is not one.");
    public static readonly (string Rule, string Message) Date = ("feed.date-form", "The date has not the form that the map states; it was not read as a date.");
    public static readonly (string Rule, string Message) Unwritable = ("feed.value-unreadable", "The value holds control characters; it was left out.");
}
