using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Phi;
using Isthmus.Hl7v2;

namespace Isthmus.Mediation.Path;

/// <summary>The application acknowledgement that a sender asked for in MSH-16 (HL7 v2.5.1 §2.9.3), and the way back to it.</summary>
/// <param name="Destination">The contract's return connection.</param>
/// <param name="When">As the hand-over has it: a always, e when it failed, s when it succeeded.</param>
/// <param name="Header">The message's MSH, which the acknowledgement quotes.</param>
internal sealed record AnswerDue(string Destination, char When, PhiBytes Header)
{
    /// <summary>Null where the contract has no return connection, or the sender wants no acknowledgement.</summary>
    public static AnswerDue? Of(IntegrationContract contract, PhiBytes raw)
    {
        if (contract.Source.ApplicationAcknowledgement is not { } destination || !Hl7Peek.TryRead(raw.Reveal().Span, out var header))
        {
            return null;
        }

        char? when = header.ApplicationAcknowledgementType.Of(raw.Reveal().Span) switch
        {
            [(byte)'A', (byte)'L'] => 'a',
            [(byte)'E', (byte)'R'] => 'e',
            [(byte)'S', (byte)'U'] => 's',
            _ => null,
        };
        return when is { } asked ? new AnswerDue(destination, asked, new PhiBytes(raw.Reveal()[..header.Msh.End])) : null;
    }
}
