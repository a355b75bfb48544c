using Isthmus.Exchange;

namespace Isthmus.Mediation.Path;

/// <summary>What a stage says about a message: go on with the next context, or stop here and why.</summary>
/// <typeparam name="TNext">The context that the next stage takes.</typeparam>
internal readonly struct Verdict<TNext>
    where TNext : class
{
    private Verdict(TNext? next, Stop? stop)
    {
        Next = next;
        Stop = stop;
    }

    public TNext? Next { get; }

    public Stop? Stop { get; }

    public static implicit operator Verdict<TNext>(TNext next) => new(next, null);

    public static implicit operator Verdict<TNext>(Stop stop) => new(null, stop);
}

/// <summary>The end of a message's way before delivery.</summary>
/// <param name="Outcome">Quarantined, Refused or WaitingForHuman.</param>
/// <param name="Finding">What made it so.</param>
internal sealed record Stop(Outcome Outcome, Finding Finding)
{
    public static Stop Quarantine(Finding finding) => new(Outcome.Quarantined, finding);

    public static Stop Refuse(Finding finding) => new(Outcome.Refused, finding);

    public static Stop AskHuman(Finding finding) => new(Outcome.WaitingForHuman, finding);
}
