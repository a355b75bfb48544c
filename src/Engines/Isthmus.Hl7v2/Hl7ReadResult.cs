using System.Diagnostics.CodeAnalysis;

namespace Isthmus.Hl7v2;

/// <summary>What reading a frame gave. Findings may stand beside a message that was read.</summary>
/// <param name="Message">Null only where a finding is fatal.</param>
public readonly record struct Hl7ReadResult(Hl7Message? Message, IReadOnlyList<Hl7Finding> Findings)
{
    [MemberNotNullWhen(true, nameof(Message))]
    public bool IsReadable => Message is not null;

    /// <summary>Readable, and nothing worse than a warning.</summary>
    [MemberNotNullWhen(true, nameof(Message))]
    public bool IsSound
    {
        get
        {
            for (var i = 0; i < Findings.Count; i++)
            {
                if (Findings[i].Severity != Hl7Severity.Warning)
                {
                    return false;
                }
            }

            return Message is not null;
        }
    }

    public override string ToString() => $"{nameof(Hl7ReadResult)}({Findings.Count} findings)";
}
