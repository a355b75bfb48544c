using Isthmus.Trust.Access.Switches;

namespace Isthmus.Inbound.Admission;

/// <summary>Which route it is, whether that takes the method, and whether it is switched on.</summary>
internal sealed class RouteStep(RouteTable routes) : AdmissionStep
{
    public string Name => "route";

    public ValueTask<Refused?> CheckAsync(Passage passage)
    {
        var path = passage.Request.Path.Value ?? string.Empty;
        var (route, values, methods) = routes.Find(passage.Request.Method, path);
        if (route is null)
        {
            return ValueTask.FromResult<Refused?>(methods.Count == 0
                ? AdmissionRules.PathUnknown
                : new Refused(405, AdmissionRules.MethodNotAllowed, Allow: string.Join(", ", methods)));
        }

        (passage.Route, passage.Path) = (route, values);
        return ValueTask.FromResult(CheckAgain(passage));
    }

    public Refused? CheckAgain(Passage passage) =>
        passage.State.Switches.IsOff(passage.Site.Tenant.Id, SwitchKind.Route, passage.Route.Name)
            ? new Refused(503, SwitchRules.RouteOff, RetryAfter: "60")
            : null;
}
