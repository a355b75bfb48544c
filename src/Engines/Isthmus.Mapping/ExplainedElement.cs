using Isthmus.Hl7v2;

namespace Isthmus.Mapping;

/// <summary>Why one element of a translation is there, and says what it says.</summary>
/// <param name="Resource">Type and id of the resource.</param>
/// <param name="Path">The element, as <c>Patient.identifier[0].value</c>.</param>
/// <param name="Value">What it holds: patient data.</param>
/// <param name="Sources">The fields the value was made of, with the standard's names.</param>
/// <param name="Map">The map whose rule wrote it.</param>
/// <param name="Guide">The table of the official guide that the map follows, or null.</param>
/// <param name="Row">The table's row that the rule follows, or null for a decision of our own.</param>
/// <param name="File">File and line of the rule.</param>
/// <param name="Conversion">What the rule does with the value.</param>
/// <param name="When">The rule's condition, or null.</param>
/// <param name="Terms">The terminology entries that were asked.</param>
/// <param name="Note">What the map says of the rule, or null.</param>
public sealed record ExplainedElement(
    string Resource,
    string Path,
    string Value,
    IReadOnlyList<ExplainedSource> Sources,
    string Map,
    string? Guide,
    string? Row,
    string File,
    string Conversion,
    string? When,
    IReadOnlyList<ExplainedTerm> Terms,
    string? Note)
{
    /// <summary>Names the place only.</summary>
    public override string ToString() => $"{Path} by {File}";
}

/// <summary>A field, component or sub-component of the message.</summary>
/// <param name="Name">What the standard calls it; null for a sender's own.</param>
public sealed record ExplainedSource(Hl7Location Location, string? Name);

/// <summary>A row of a terminology table.</summary>
/// <param name="Table">The vocabulary's or table's name.</param>
/// <param name="Version">The file's table and the version it states.</param>
public sealed record ExplainedTerm(string Table, string Version, string Code, string System);
