namespace Isthmus.Fhir.Paths;

internal enum PathTokenKind : byte
{
    End,
    Name,

    /// <summary>A name in backticks, which is never a keyword.</summary>
    QuotedName,
    String,
    Number,
    Time,
    Symbol,
}

/// <summary>A token: where it stands, and its text with escapes resolved and quotes taken off.</summary>
internal readonly record struct PathToken(PathTokenKind Kind, int Position, string Text)
{
    public bool Is(string symbol) => Kind == PathTokenKind.Symbol && Text == symbol;

    public bool IsWord(string word) => Kind == PathTokenKind.Name && Text == word;
}
