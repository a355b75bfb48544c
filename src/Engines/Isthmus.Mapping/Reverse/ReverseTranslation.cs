using Isthmus.Fhir.Elements;

namespace Isthmus.Mapping.Reverse;

/// <summary>The message that resources became, and what of them it does not say.</summary>
public sealed class ReverseTranslation
{
    private readonly ReverseRun run;
    private readonly IReadOnlyList<FhirElement> unread;

    internal ReverseTranslation(ReverseRun run, IReadOnlyList<FhirElement> unread, string? messageType, ReadOnlyMemory<byte> message)
    {
        this.run = run;
        this.unread = unread;
        MessageType = messageType;
        Message = message;
    }

    /// <summary>Code and event, such as <c>ADT_A08</c>; null if it is not known which message was meant.</summary>
    public string? MessageType { get; }

    /// <summary>The message, UTF-8, segments ended by CR; empty if it could not be written, which a finding tells.</summary>
    public ReadOnlyMemory<byte> Message { get; }

    public bool IsWritten => !Message.IsEmpty;

    /// <summary>What the message could not express: every element that it does not say is named here, by itself or in the resource or element around it.</summary>
    public IReadOnlyList<ReverseFinding> Findings => run.Findings;

    /// <inheritdoc cref="ReverseRun.Evaluations"/>
    internal long Evaluations => run.Evaluations;

    /// <summary>
    /// Valued elements that no rule wrote, as FHIRPaths, the outermost where nothing within was read. Ids, narrative, the server's own
    /// metadata and references that the place says are the exchange's and do not count; nor does Provenance, which tells of it.
    /// </summary>
    public IEnumerable<string> UnreadElements() => unread.Select(run.Index.Locate);

    public override string ToString() => $"{nameof(ReverseTranslation)}({MessageType}, {Message.Length} bytes)";
}
