using System.Security.Cryptography;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Exchange.Journal;
using Isthmus.Exchange.Phi;
using Isthmus.Mediation.Inbox;
using Isthmus.Mediation.Path;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Keys.Sealing;

namespace Isthmus.Mediation.Read;

/// <summary>A message unsealed, and its contract found.</summary>
internal sealed record Opened(Leased Message, IntegrationContract Contract, PhiBytes Raw);

/// <summary>Unseals the journalled body and finds the contract it came in under.</summary>
internal sealed class Open(Opener opener) : PreparedStage<Leased, Opened>
{
    private readonly Dictionary<int, SealSession> sessions = [];

    public string Name => "open";

    public async Task PrepareAsync(IReadOnlyList<Leased> contexts, CancellationToken cancellation)
    {
        sessions.Clear();
        foreach (var message in contexts)
        {
            try
            {
                sessions[message.SealKey] = await opener.SessionAsync(message.SealKey, cancellation);
            }
            catch (SealSessionMissingException)
            {
                // This message's loss, and not that of the others in the batch.
            }
        }
    }

    public Verdict<Opened> Run(Leased context, Trail trail)
    {
        if (context.ControlIdReused)
        {
            trail.Note(ReadRules.ControlIdReused);
        }

        if (context.IsPinnedSiteGone)
        {
            return Stop.Quarantine(ReadRules.SiteGone);
        }

        if (context.Contract is not { } contract)
        {
            return Stop.Quarantine(ReadRules.ContractGone);
        }

        trail.DecidedBy = contract.Id;
        if (context.Attempts > ReadRules.MostAttempts + ReadRules.AttemptsAtTheAlarm)
        {
            return Stop.Quarantine(ReadRules.AttemptsExhausted);
        }

        if (context.ControlIdReused && contract.Source.Repeats.ReusedControlId == ReusedControlId.Refuse)
        {
            return Stop.Refuse(ReadRules.ControlIdReused);
        }

        if (!sessions.TryGetValue(context.SealKey, out var session))
        {
            return Stop.Quarantine(ReadRules.BodyDamaged);
        }

        try
        {
            var packed = session.Open(
                context.Sealed, JournalSeal.Bound(context.Source, context.ControlId), context.SealNonce);
            var raw = new PhiBytes(Compression.Unpack(packed));
            trail.AnswerDue = AnswerDue.Of(contract, raw);
            return new Opened(context, contract, raw);
        }
        catch (Exception e) when (e is CryptographicException or InvalidDataException)
        {
            return Stop.Quarantine(ReadRules.BodyDamaged);
        }
    }
}
