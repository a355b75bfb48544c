namespace Isthmus.Inbound.Admission;

/// <summary>Whether this node knows who was shut out: without a word from the store for a second, it lets nobody in.</summary>
internal sealed class ConfirmedStep(Func<bool> isConfirmed) : AdmissionStep
{
    public string Name => "confirmed";

    public ValueTask<Refused?> CheckAsync(Passage passage) => ValueTask.FromResult(isConfirmed() ? null : AdmissionRules.StateUnconfirmed);
}
