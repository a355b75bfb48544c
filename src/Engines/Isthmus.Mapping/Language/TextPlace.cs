namespace Isthmus.Mapping.Language;

/// <summary>Where a text was written. What is inherited keeps the place where it stands, so that a fault names the right file.</summary>
/// <param name="Line">From 1.</param>
internal readonly record struct TextPlace(string Path, int Line)
{
    /// <summary>Whether it stands in the library, which a site's own texts come before.</summary>
    public bool IsInherited => MapLibrary.Holds(Path);

    public MapFault Fault(string rule, string message) => new(Path, Line, rule, message);

    public override string ToString() => $"{Path}:{Line}";
}
