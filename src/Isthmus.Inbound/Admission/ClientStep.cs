using Isthmus.Trust.Access.Switches;

namespace Isthmus.Inbound.Admission;

/// <summary>Whether the client is switched on.</summary>
internal sealed class ClientStep : AdmissionStep
{
    public string Name => "client";

    public ValueTask<Refused?> CheckAsync(Passage passage) => ValueTask.FromResult(CheckAgain(passage));

    public Refused? CheckAgain(Passage passage) =>
        passage.Caller is { } caller && passage.State.Switches.IsOff(passage.Site.Tenant.Id, SwitchKind.Client, caller.Client)
            ? new Refused(403, SwitchRules.ClientOff)
            : null;
}
