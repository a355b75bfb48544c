using Isthmus.Exchange;
using Isthmus.Mediation.Path;
using Isthmus.Mediation.Route;

namespace Isthmus.Mediation.Commit;

/// <summary>A message at the end of its way: routed, or stopped somewhere on it.</summary>
internal sealed class Carried(Trail trail, Routed? routed)
{
    public Trail Trail { get; } = trail;

    /// <summary>Null for a message that stopped.</summary>
    public Routed? Routed { get; } = routed;

    /// <summary>What is delivered; made anew where a newer truth was found at commit.</summary>
    public IReadOnlyList<PreparedDelivery> Deliveries { get; set; } = routed?.Deliveries ?? [];

    /// <summary>Earlier messages of the same patient that have stopped and that this one passed.</summary>
    public IReadOnlyList<long> EarlierPending { get; set; } = [];

    /// <summary>Whether it stopped in a way that another day may end otherwise, so that later ones are behind it.</summary>
    public bool HoldsOthers => Trail.Stopped is { Outcome: Outcome.Quarantined or Outcome.WaitingForHuman };

    /// <summary>The outcome by its letter in the table.</summary>
    public char OutcomeLetter => Trail.Stopped?.Outcome switch
    {
        null => 'c',
        Outcome.Quarantined => 'q',
        Outcome.Refused => 'r',
        _ => 'w',
    };
}
