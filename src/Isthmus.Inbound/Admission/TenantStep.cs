using System.Globalization;
using Isthmus.Trust.Access.Switches;

namespace Isthmus.Inbound.Admission;

/// <summary>
/// Whether the caller belongs here: its tenant is the one of this site, whatever a header or path says, and its environment this one.
/// </summary>
internal sealed class TenantStep : AdmissionStep
{
    public string Name => "tenant";

    public ValueTask<Refused?> CheckAsync(Passage passage) => ValueTask.FromResult(CheckAgain(passage));

    public Refused? CheckAgain(Passage passage)
    {
        var tenant = passage.Site.Tenant.Id;
        if (passage.Caller is { } caller && (caller.Tenant != tenant || caller.Environment != passage.Site.Environment))
        {
            return AdmissionRules.TokenElsewhere;
        }

        return passage.State.Switches.IsOff(tenant, SwitchKind.Tenant, tenant.ToString(CultureInfo.InvariantCulture))
            ? new Refused(503, SwitchRules.TenantOff, RetryAfter: "60")
            : null;
    }
}
