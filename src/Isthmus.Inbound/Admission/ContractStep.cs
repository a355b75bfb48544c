using Isthmus.Trust.Access.Switches;

namespace Isthmus.Inbound.Admission;

/// <summary>Under which contract the caller comes, whether that is switched on, and whether it names the route and what the path names.</summary>
internal sealed class ContractStep : AdmissionStep
{
    public string Name => "contract";

    public ValueTask<Refused?> CheckAsync(Passage passage) => ValueTask.FromResult(CheckAgain(passage));

    public Refused? CheckAgain(Passage passage) => passage.Caller is null ? null : Check(passage);

    private static Refused? Check(Passage passage)
    {
        var integration = passage.Caller!.Integration;
        foreach (var contract in passage.Site.ApiContracts)
        {
            if (contract.Name != integration)
            {
                continue;
            }

            passage.Contract = contract;
            return passage.State.Switches.IsOff(passage.Site.Tenant.Id, SwitchKind.Integration, integration)
                    ? new Refused(403, SwitchRules.IntegrationOff)
                : !contract.Routes.Contains(passage.Route.Name) ? AdmissionRules.RouteNotInContract
                : passage.Route.Terms?.Invoke(contract, passage.Path) is { } refusal ? new Refused(403, refusal)
                : null;
        }

        return AdmissionRules.ContractMissing;
    }
}
