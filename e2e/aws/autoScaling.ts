import {
  type AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  SetInstanceProtectionCommand,
} from '@aws-sdk/client-auto-scaling'
import type { Mended } from './proxy.ts'
import { type AwsAnswer, type AwsRequest, failed } from './wire.ts'

/** What SetInstanceProtection takes at most. */
const mostIds = 50

/** Auto Scaling as AWS documents it, where moto forgives. @param direct past the proxy. */
export const autoScalingAsDocumented = (direct: AutoScalingClient): Mended => {
  const groups = async (names?: string[]): Promise<readonly AutoScalingGroup[]> => {
    const command = new DescribeAutoScalingGroupsCommand(names ? { AutoScalingGroupNames: names } : { MaxRecords: 100 })
    return (await direct.send(command)).AutoScalingGroups ?? []
  }

  const refusals: Readonly<Record<string, (request: AwsRequest) => Promise<AwsAnswer | undefined>>> = {
    /** moto puts the new one in the place of the old one. */
    async CreateAutoScalingGroup(request) {
      const name = request.form.get('AutoScalingGroupName') ?? ''
      if ((await groups([name])).length === 0) return undefined
      const message = `AutoScalingGroup by this name already exists - A group with the name ${name} already exists`
      return failed(request, { status: 400, code: 'AlreadyExists', message })
    },
    /** moto takes any size. */
    SetDesiredCapacity: beyond,
    UpdateAutoScalingGroup: beyond,
    /** moto fails with 500, and knows no minimum. */
    async TerminateInstanceInAutoScalingGroup(request) {
      const id = request.form.get('InstanceId') ?? ''
      const group = (await groups()).find(({ Instances = [] }) => Instances.some(({ InstanceId }) => InstanceId === id))
      if (!group) return invalid(request, `Instance Id not found - No managed instance found for instance ID: ${id}`)
      const { DesiredCapacity = 0, MinSize = 0 } = group
      if (request.form.get('ShouldDecrementDesiredCapacity') !== 'true' || DesiredCapacity > MinSize) return undefined
      const words = `Currently, desiredSize equals minSize (${MinSize}). Terminating instance without replacement will violate`
      return invalid(request, `${words} group's min size constraint.`)
    },
    /** moto takes any number of them, and whoever is no member. */
    async SetInstanceProtection(request) {
      const asked = [...request.form].filter(([key]) => key.startsWith('InstanceIds.')).map(([, id]) => id)
      if (asked.length > mostIds) return invalid(request, `The number of instance ids exceeds ${mostIds}`)
      const [group] = await groups([request.form.get('AutoScalingGroupName') ?? ''])
      const members = (group?.Instances ?? []).map(({ InstanceId }) => InstanceId)
      const stranger = asked.find(id => !members.includes(id))
      if (stranger === undefined) return undefined
      return invalid(request, `The instance ${stranger} is not part of Auto Scaling group ${group?.AutoScalingGroupName}.`)
    },
    /** moto keeps machines that are protected, without a group; and it takes them away even where force was not asked for. */
    async DeleteAutoScalingGroup(request) {
      const name = request.form.get('AutoScalingGroupName') ?? ''
      const [{ Instances = [] } = {}] = await groups([name])
      const ids = Instances.map(({ InstanceId = '' }) => InstanceId)
      if (ids.length === 0) return undefined
      if (request.form.get('ForceDelete') !== 'true') {
        const message =
          'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.'
        return failed(request, { status: 400, code: 'ResourceInUse', message })
      }
      await direct.send(new SetInstanceProtectionCommand({ AutoScalingGroupName: name, InstanceIds: ids, ProtectedFromScaleIn: false }))
      return undefined
    },
  }

  return async (request, run) => (await refusals[request.action]?.(request)) ?? run()

  async function beyond(request: AwsRequest): Promise<AwsAnswer | undefined> {
    const { form } = request
    const [group] = await groups([form.get('AutoScalingGroupName') ?? ''])
    const said = form.get('DesiredCapacity')
    if (!group || said === null) return undefined
    const max = Number(form.get('MaxSize') ?? group.MaxSize)
    if (Number(said) <= max) return undefined
    return invalid(request, `New SetDesiredCapacity value ${said} is above max value ${max} for the AutoScalingGroup.`)
  }
}

const invalid = (request: AwsRequest, message: string): AwsAnswer => failed(request, { status: 400, code: 'ValidationError', message })
