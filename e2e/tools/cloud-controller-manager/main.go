// A cloud-controller-manager whose cloud has only the instances that its configuration file names, one providerID a line. It is built
// from the module that every real one is built from, so that what it does with Nodes of other instances is what real ones do.
package main

import (
	"bufio"
	"context"
	"io"
	"os"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	cloudprovider "k8s.io/cloud-provider"
	"k8s.io/cloud-provider/app"
	"k8s.io/cloud-provider/app/config"
	"k8s.io/cloud-provider/names"
	"k8s.io/cloud-provider/options"
	"k8s.io/component-base/cli"
	cliflag "k8s.io/component-base/cli/flag"
	"k8s.io/klog/v2"
)

const providerName = "short-memory"

type cloud struct {
	instances map[string]bool
}

func newCloud(file io.Reader) (cloudprovider.Interface, error) {
	known := map[string]bool{}
	if file == nil {
		return &cloud{known}, nil
	}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		known[lines.Text()] = true
	}
	return &cloud{known}, lines.Err()
}

func (c *cloud) Initialize(cloudprovider.ControllerClientBuilder, <-chan struct{}) {}
func (c *cloud) LoadBalancer() (cloudprovider.LoadBalancer, bool)                  { return nil, false }
func (c *cloud) Instances() (cloudprovider.Instances, bool)                        { return nil, false }
func (c *cloud) InstancesV2() (cloudprovider.InstancesV2, bool)                    { return c, true }
func (c *cloud) Zones() (cloudprovider.Zones, bool)                                { return nil, false }
func (c *cloud) Clusters() (cloudprovider.Clusters, bool)                          { return nil, false }
func (c *cloud) Routes() (cloudprovider.Routes, bool)                              { return nil, false }
func (c *cloud) ProviderName() string                                              { return providerName }
func (c *cloud) HasClusterID() bool                                                { return true }

func (c *cloud) InstanceExists(_ context.Context, node *v1.Node) (bool, error) {
	exists := c.instances[node.Spec.ProviderID]
	klog.Infof("asked for %s (%q): %t", node.Name, node.Spec.ProviderID, exists)
	return exists, nil
}

func (c *cloud) InstanceShutdown(context.Context, *v1.Node) (bool, error) { return false, nil }

func (c *cloud) InstanceMetadata(_ context.Context, node *v1.Node) (*cloudprovider.InstanceMetadata, error) {
	if !c.instances[node.Spec.ProviderID] {
		return nil, cloudprovider.InstanceNotFound
	}
	return &cloudprovider.InstanceMetadata{ProviderID: node.Spec.ProviderID}, nil
}

func initialize(completed *config.CompletedConfig) cloudprovider.Interface {
	shared := completed.ComponentConfig.KubeCloudShared.CloudProvider
	made, err := cloudprovider.InitCloudProvider(shared.Name, shared.CloudConfigFile)
	if err != nil {
		klog.Fatalf("the cloud could not be opened: %v", err)
	}
	return made
}

func main() {
	cloudprovider.RegisterCloudProvider(providerName, newCloud)
	flags, err := options.NewCloudControllerManagerOptions()
	if err != nil {
		klog.Fatalf("options: %v", err)
	}
	command := app.NewCloudControllerManagerCommand(
		flags, initialize, app.DefaultInitFuncConstructors, names.CCMControllerAliases(), cliflag.NamedFlagSets{}, wait.NeverStop)
	os.Exit(cli.Run(command))
}
