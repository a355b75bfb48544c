using System.Diagnostics;

namespace Isthmus.Mediation.Path;

/// <summary>A step of the way for one message. What it cannot do with the message it says, it does not throw.</summary>
internal interface Stage<TFrom, TTo>
    where TFrom : class
    where TTo : class
{
    string Name { get; }

    Verdict<TTo> Run(TFrom context, Trail trail);
}

/// <summary>A stage that first fetches, for all messages at once, what it will need for each.</summary>
internal interface PreparedStage<TFrom, TTo> : Stage<TFrom, TTo>
    where TFrom : class
    where TTo : class
{
    Task PrepareAsync(IReadOnlyList<TFrom> contexts, CancellationToken cancellation);
}

/// <summary>
/// A batch of messages between two stages. The context type says how far they are, so stages cannot be put in the wrong
/// order; a message that stops drops out, and its trail is kept.
/// </summary>
internal sealed class Way<T>(IReadOnlyList<(T Context, Trail Trail)> travelling)
    where T : class
{
    public IReadOnlyList<(T Context, Trail Trail)> Travelling { get; } = travelling;

    public Way<TNext> Then<TNext>(Stage<T, TNext> stage)
        where TNext : class
    {
        var next = new List<(TNext, Trail)>(Travelling.Count);
        foreach (var (context, trail) in Travelling)
        {
            var begun = Stopwatch.GetTimestamp();
            var verdict = stage.Run(context, trail);
            trail.EndStage(stage.Name, verdict.Stop, Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            if (verdict.Next is { } further)
            {
                next.Add((further, trail));
            }
        }

        return new Way<TNext>(next);
    }

    public async Task<Way<TNext>> ThenAsync<TNext>(PreparedStage<T, TNext> stage, CancellationToken cancellation)
        where TNext : class
    {
        await stage.PrepareAsync([.. Travelling.Select(t => t.Context)], cancellation);
        return Then(stage);
    }
}
