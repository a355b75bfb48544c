namespace Isthmus.Mapping.Reverse;

/// <summary>What a message to be written needs to know besides the resources. What is null comes from the bundle's MessageHeader.</summary>
/// <param name="Now">The instant of translation: MSH-7 where the bundle tells none.</param>
/// <param name="Source">The scope of local names: a local coding system or authority of this source is written by its bare name.</param>
public sealed record ReverseContext(DateTimeOffset Now, string Source)
{
    /// <summary>MSH-10. Without it the Bundle's identifier or id counts (by its digest where it is too long for the version), or else a digest of what the message says.</summary>
    public string? ControlId { get; init; }

    /// <summary>MSH-3, by its namespace id; so the others.</summary>
    public string? SendingApplication { get; init; }

    /// <summary>MSH-4.</summary>
    public string? SendingFacility { get; init; }

    /// <summary>MSH-5.</summary>
    public string? ReceivingApplication { get; init; }

    /// <summary>MSH-6.</summary>
    public string? ReceivingFacility { get; init; }

    /// <summary>MSH-11: P, T or D.</summary>
    public string? ProcessingId { get; init; }

    /// <summary>MSH-12.</summary>
    public string Version { get; init; } = "2.5.1";

    /// <summary>Names the source only.</summary>
    public override string ToString() => $"ReverseContext({Source})";
}
